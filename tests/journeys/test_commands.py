"""The commands beside the process: check, try, export and forget."""

import json

import pytest

from tests.journeys.house import CONFIG, DESK_KEY, WELCOME
from tests.journeys.people import Contact, Member, People, Thread, people
from tests.journeys.process import Place, running
from tests.journeys.test_process import BAD_CONFIG, PROBLEMS

EXAMPLE = '[[routing.examples]]\ntext = "un devis svp"\nexpect = "{expect}"\n'
SECRETS = ("Camille Sagan", "j'ai perdu mon chat gris", "Chat_gris.png", "elle semble pressée")


async def test_check(place: Place) -> None:
    """`check` needs no data folder; it tells every problem with its line, and failing examples."""
    good = await place.command("check")
    assert good.code == 0
    assert "good, 3 answers" in good.out

    place.write(CONFIG + EXAMPLE.format(expect="support"))
    failing = await place.command("check")
    assert failing.code == 2
    assert "un devis svp" in failing.out

    place.write(BAD_CONFIG)
    bad = await place.command("check")
    assert bad.code == 2
    for problem in PROBLEMS:
        assert problem in bad.out
    assert not place.data.exists()


async def test_check_connect(place: Place) -> None:
    """`check --connect` asks each platform: 0 when all is right, 1 with advice when not, 2 for a bad file."""
    good = await place.command("check", "--connect")
    assert (good.code, "webchat: ok: key of the team rooms" in good.out) == (0, True)
    place.write(CONFIG.replace(DESK_KEY, "kurz"))
    weak = await place.command("check", "--connect")
    assert (weak.code, "webchat: WRONG: key of the team rooms; desk_key can be guessed" in weak.out) == (
        1,
        True,
    )
    assert "kurz" not in weak.out
    place.write(BAD_CONFIG)
    assert (await place.command("check", "--connect")).code == 2
    assert not place.data.exists()


async def test_try(place: Place) -> None:
    """`try` plays a contact's messages, and says for each what was decided, why, and what would be sent."""
    ended = await place.command("try", "bonjour", "2")
    assert ended.code == 0
    for words in (
        "> bonjour",
        "decision: welcome",
        "decision: team",
        "team: ventes",
        "answer: Ventes",
        "config.toml, ligne ",
        "to the contact: Merci !",
        "to webchat:ventes: bonjour",
    ):
        assert words in ended.out
    assert not place.data.exists()


async def test_try_as_json(place: Place) -> None:
    """`try --json` prints one object for each text."""
    ended = await place.command("try", "--json", "bonjour", "horaires", "rien de tel", "2", "encore")
    assert ended.code == 0
    played = [json.loads(line) for line in ended.out.splitlines()]
    assert [each["text"] for each in played] == ["bonjour", "horaires", "rien de tel", "2", "encore"]
    assert [each["decision"] for each in played] == ["welcome", "faq", "error", "team", "quiet"]
    assert [each["team"] for each in played] == [None, None, None, "ventes", "ventes"]
    assert [each["answer"] for each in played] == [None, "Horaires", None, "Ventes", None]
    assert played[0]["replies"] == [WELCOME]
    assert played[1]["replies"] == ["De 9 h à 18 h."]
    assert played[4]["replies"] == []


async def lost_cat(crowd: People) -> tuple[Contact, Member, Thread, Thread]:
    """A contact who told something private to two teams, and sent a picture of it."""
    contact, member = await crowd.contact(SECRETS[0]), await crowd.member()
    await contact.write("bonjour")
    await contact.reads("Bienvenue")
    await contact.write("2")
    sales = await member.thread("ventes", SECRETS[0])
    await contact.write(SECRETS[1])
    await sales.shows(SECRETS[1])
    upload = await contact.session.post(
        f"{contact.url}/chat/upload?name={SECRETS[2]}",
        data=b"\x89PNG\r\n\x1a\n" + b"gris" * 300,
        headers={"Origin": contact.url, "Content-Type": "image/png"},
    )
    await contact.write("", upload=(await upload.json())["upload"])
    await member.screen.until(lambda _: any("media" in post for post in sales.posts) or None)
    await sales.write(f"// {SECRETS[3]}")
    await sales.press("Passer")
    await sales.card("Passer à quelle équipe ?")
    await sales.press("Équipe de soutien")
    support = await member.thread("support", SECRETS[0])
    await support.shows(SECRETS[1])
    inbox = await member.open("inbox")
    await inbox.write("/queue")
    await inbox.shows(SECRETS[0])
    general = await member.open("support")
    await general.write("/queue")
    await general.shows(SECRETS[0])
    return contact, member, sales, support


def holding(place: Place, *words: str) -> set[str]:
    """The files below the data folder that hold one of `words`, or in whose path it stands."""
    forms = {form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())}
    return {
        str(path)
        for path, content in place.files().items()
        if any(form in content or form in str(path).encode() for form in forms)
    }


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_export_and_forget(place: Place, *, is_running: bool) -> None:
    """What is held on a contact is exported, and erased to the last byte; the process may run or not."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member, _, _ = await lost_cat(crowd)
        other = await crowd.contact("Dominique")
        await other.write("bonjour")
        await other.reads("Bienvenue")
        chat_id = contact.screen.chat_id
        if not is_running:
            assert await process.stop() == 0

        exported = await place.command("export", contact.address)
        assert exported.code == 0
        held = json.loads(exported.out)
        assert [message.get("text", "") for message in held["messages"] if message["direction"] == "in"] == [
            "bonjour",
            "2",
            SECRETS[1],
            "",
        ]
        assert held["contact"]["name"] == SECRETS[0]
        (media,) = held["media"]
        assert media["size_bytes"] == 1208
        assert held["unreadable"] == []
        assert holding(place, *SECRETS, "grisgris")

        forgotten = await place.command("forget", contact.address)
        assert (forgotten.code, forgotten.err) == (0, "")
        assert holding(place, *SECRETS, "grisgris", chat_id) == set()
        for command in ("export", "forget"):
            unknown = await place.command(command, contact.address)
            assert unknown.code == 1
            assert f"Nothing is held on {contact.address}." in unknown.err
        assert (await place.command("export", other.address)).code == 0
        if is_running:
            await member.screen.settle()
            assert all(SECRETS[0] not in thread["title"] for thread in member.screen.threads.values())
            await other.write("2")
            await member.thread("ventes", "Dominique")
            assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]


@pytest.mark.parametrize("command", ["export", "forget"])
async def test_malformed_address(place: Place, command: str) -> None:
    """What is no address is refused with 1, in words that show one."""
    ended = await place.command(command, "Camille")
    assert ended.code == 1
    assert "'Camille' is no address; write channel:id" in ended.err
    assert "Traceback" not in ended.err
    assert not place.data.exists()
