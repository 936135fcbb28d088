"""What a journey leaves in the log: no key, no token, and at INFO no word of anybody."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from bot.api import MediaFile, MediaKind
from bot.store.tokens import MediaTokens
from tests.journeys.house import DESK_KEY
from tests.journeys.people import Refused, people
from tests.journeys.process import Place, running

WORDS = ("mon mot de passe est hortensia", "Sidonie Gabrielle", "une note sur elle", "voici la réponse")


def cookies(session: ClientSession) -> set[str]:
    """The cookies of a browser."""
    return {cookie.value for cookie in session.cookie_jar}


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
async def test_log_of_a_journey(place: Place, level: str) -> None:
    """However much is logged, no key, cookie or link is in it; at INFO no text and no name either."""
    secrets = {DESK_KEY}
    async with running(place, "--log-level", level) as process, people(process.url) as crowd:
        contact, member = await crowd.contact(WORDS[1]), await crowd.member()
        secrets |= cookies(contact.session) | cookies(member.session)
        assert len(secrets) == 3
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        await contact.write("2")
        thread = await member.thread("ventes", WORDS[1])
        await contact.write(WORDS[0])
        await thread.shows(WORDS[0])
        await thread.write(f"// {WORDS[2]}")
        await thread.write(WORDS[3])
        await contact.reads(WORDS[3])

        uploaded = await contact.session.post(
            f"{process.url}/chat/upload?name=hortensia.png",
            data=b"\x89PNG\r\n\x1a\n" + b"gris" * 300,
            headers={"Origin": process.url, "Content-Type": "image/png"},
        )
        upload = (await uploaded.json())["upload"]
        post = (await contact.write("", upload=upload))["post"]
        async with contact.session.get(f"{process.url}/chat/media/{post['id']}") as media:
            assert media.status == 200
        secrets.add(upload)
        signing = place.data / "secret.key"
        links = MediaTokens(signing.read_text(encoding="ascii").strip(), lambda: datetime.now(UTC))
        (kept,) = (path for path in (place.data / "media").rglob("*.png"))
        token = links.token(
            MediaFile(
                kind=MediaKind.PHOTO,
                media_id=f"{kept.parent.name}/{kept.name}",
                file_name="hortensia.png",
                mime_type="image/png",
                size_bytes=kept.stat().st_size,
            )
        )
        async with contact.session.get(f"{process.url}/media/{token}") as link:
            assert (link.status, link.content_length) == (200, 1208)
        async with contact.session.get(f"{process.url}/media/{token}x") as forged:
            assert forged.status == 403
        secrets |= {token, signing.read_text(encoding="ascii").strip()}
        keys = json.loads((place.data / "plugins" / "webchat" / "keys.json").read_bytes())
        secrets |= strings(keys["document"]["1"]["value"])

        with pytest.raises(Refused):
            await contact.write(WORDS[0], reply_to="0.unknown", client_id="hortensia")
        await contact.screen.socket.send_str(f'{{"type": "message", "text": "{WORDS[0]}"')
        await contact.screen.refuses()
        secrets.add("la-mauvaise-clef")
        async with member.session.post(
            f"{process.url}/desk/enter",
            json={"key": "la-mauvaise-clef", "name": WORDS[1]},
            headers={"Origin": process.url},
        ) as entered:
            assert entered.status == 403
        assert await process.stop() == 0
    log = "\n".join((*process.log, *process.out))
    assert "a wrong desk key was tried" in log
    assert len(secrets) == 8
    told = [secret for secret in secrets if secret in log]
    assert told == []
    if level == "INFO":
        assert [word for word in (*WORDS, "hortensia") if word in log] == []


def strings(kept: Mapping[str, str]) -> set[str]:
    """The values of a document."""
    return set(kept.values())
