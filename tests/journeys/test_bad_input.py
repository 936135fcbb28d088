"""What should not come in, and what comes in too much: refused or kept, and nobody else is disturbed."""

import asyncio
import resource
from io import BytesIO

import pytest
from aiohttp import ClientError, ClientSession, WSServerHandshakeError

from bot.api import ChatRef
from bot.model import record_id_of
from bot.store import DataFolder
from bot.store.files import RecordFiles
from tests.journeys.house import DESK_KEY
from tests.journeys.people import Contact, Refused, people
from tests.journeys.process import Place, Running, running

WINDOWS = 10
"""How many pages one contact has open; each of them may send twenty messages a second."""


async def test_malformed_frames(place: Place) -> None:
    """What is no JSON, of no known type or incomplete is refused in words; the page goes on."""
    async with running(place) as process, people(process.url) as crowd:
        contact = await crowd.contact()
        frames = ('{"type":', "[]", '{"type":"sing"}', '{"type":"message"}', "\\u0000")
        for frame in frames:
            await contact.screen.socket.send_str(frame)
            await contact.screen.refuses()
        assert len(contact.screen.faults) == len(frames)
        assert {fault["code"] for fault in contact.screen.faults} == {"malformed", "unknown"}
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]


async def test_forged_sessions(place: Place) -> None:
    """A forged cookie or a wrong key opens nothing, and nothing is stored."""
    async with running(place) as process, ClientSession() as http:
        origin = {"Origin": process.url}
        for cookie, path in (("guichet_chat", "/chat/"), ("guichet_desk", "/desk/")):
            headers = {**origin, "Cookie": f"{cookie}=InNvbWVib2R5Ig.forged"}
            async with http.get(f"{process.url}{path}", headers=headers) as page:
                assert page.status == 403
            with pytest.raises(WSServerHandshakeError) as refused:
                await http.ws_connect(f"{process.url}{path}socket", headers=headers)
            assert refused.value.status == 403
        for key, status in (("wrong", 403), ("", 403), (DESK_KEY[:-1], 403), (DESK_KEY, 200)):
            async with http.post(
                f"{process.url}/desk/enter", json={"key": key, "name": "Ann"}, headers=origin
            ) as entered:
                assert entered.status == status
        async with http.get(f"{process.url}/media/forged.token.x") as media:
            assert media.status == 403
        assert list((place.data / "contacts").rglob("*.json")) == []


async def test_unknown_paths(place: Place) -> None:
    """A path that is nobody's is a 404, a wrong method a 405; strange requests harm nobody."""
    async with running(place) as process, ClientSession() as http:
        for path in ("/nothing", "/chat/nothing", "/webhooks/nobody", "/chat/../../config.toml", "/%00"):
            async with http.get(f"{process.url}{path}") as answer:
                assert answer.status in {403, 404}
        async with http.delete(f"{process.url}/health") as answer:
            assert answer.status == 405
        async with http.get(f"{process.url}/health") as answer:
            assert answer.status == 200
        assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]


async def test_large_body(place: Place) -> None:
    """A body of 10 MB gets 413 before it is read to the end; others are served meanwhile."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact(), await crowd.member()
        body = b'{"key": "' + b"x" * 10_000_000 + b'", "name": "Ann"}'

        async def refused() -> int:
            try:
                async with member.session.post(
                    f"{process.url}/desk/enter", data=BytesIO(body), headers={"Origin": process.url}
                ) as answer:
                    return answer.status
            except ClientError:
                return 413  # cut off while it was still being sent

        large = [asyncio.create_task(refused()) for _ in range(4)]
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        async with asyncio.timeout(10):
            statuses = set(await asyncio.gather(*large))
        assert statuses == {413}
        async with contact.session.get(f"{process.url}/health") as health:
            assert health.status == 200


@pytest.mark.parametrize(
    "count", [600, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_flood_of_one_contact(place: Place, count: int) -> None:
    """Of a flood of one contact's messages none is lost, and others are served all the while."""
    async with running(place) as process, people(process.url) as crowd:
        contact, other = await crowd.contact("Camille"), await crowd.contact("Dominique")
        windows = [contact.screen, *[await contact.window() for _ in range(WINDOWS - 1)]]
        texts = [
            [f"mot {window}-{number}" for number in range(count // WINDOWS)] for window in range(WINDOWS)
        ]

        async def flood(window: int) -> None:
            screen = windows[window]
            for number, text in enumerate(texts[window]):
                frame = {"type": "message", "client_id": f"flood-{window:02}-{number:04}", "text": text}
                await screen.socket.send_json(frame)
            await screen.until(
                lambda screen: len(screen.answers) == len(texts[window]) or None, patience_s=count / 10
            )
            assert all(answer["type"] == "ack" for answer in screen.answers.values())

        async with asyncio.TaskGroup() as tasks:
            for window in range(WINDOWS):
                tasks.create_task(flood(window))
            await other.write("bonjour")
            await other.reads("Bienvenue")
            await other.write("2")
            await other.reads("Merci !")
        member = await crowd.member()
        await (await member.thread("ventes", "Dominique")).shows("bonjour")
        inbox = await member.thread("inbox", "Camille")
        await inbox.shows(texts[-1][-1])
        assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]
    written = recorded(place, contact)
    assert len(written) == count
    for wrote in texts:
        assert [text for text in written if text in set(wrote)] == wrote


async def test_unreadable_record(place: Place) -> None:
    """A record that cannot be read is set aside with an alert; others go on, and so does its contact."""
    async with running(place) as first, people(first.url) as crowd:
        broken, sound = await crowd.contact("Camille"), await crowd.contact("Dominique")
        for contact in (broken, sound):
            await contact.write("bonjour")
            await contact.reads("Bienvenue")
        assert await first.stop() == 0
        record_id = cut_short(place, broken)
        async with running(place) as second, people(second.url) as colleagues:
            await second.logged("set aside")
            member = await colleagues.member()
            inbox = await member.open("inbox")
            await inbox.shows(f"Un dossier illisible a été mis de côté : {record_id}")
            for contact in (broken, sound):
                await contact.return_to(second.url)
            await sound.write("2")
            await (await member.thread("ventes", "Dominique")).shows("bonjour\n2")
            await broken.write("encore moi")
            await broken.screen.until(lambda _: broken.answers.count(broken.answers[0]) == 2 or None)
            await broken.write("1")
            await (await member.thread("support", "Camille")).shows("encore moi\n1")
            assert (await place.command("forget", broken.address)).code == 0
            assert list((place.data / "quarantine").iterdir()) == []


async def test_unreadable_record_is_forgotten(place: Place) -> None:
    """What was set aside is erased with its contact, also when they never wrote again."""
    async with running(place) as process, people(process.url) as crowd:
        contact = await crowd.contact("Camille")
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        assert await process.stop() == 0
    cut_short(place, contact)
    async with running(place) as process:
        await process.logged("set aside")
        assert (await place.command("forget", contact.address)).code == 0
        assert list((place.data / "quarantine").iterdir()) == []
        assert (await place.command("forget", contact.address)).code == 1


def cut_short(place: Place, contact: Contact) -> str:
    """Break a contact's record as a failing disk might; gives its id."""
    record_id = record_id_of(ChatRef.parse(contact.address))
    path = DataFolder(place.data).record(record_id)
    path.write_bytes(path.read_bytes()[:-40])
    return record_id


async def test_disk_that_refuses(place: Place) -> None:
    """When nothing can be kept, /health says so and the page is told; afterwards all arrives, once."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact("Camille"), await crowd.member()
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        await contact.write("2")
        thread = await member.thread("ventes", "Camille")
        await thread.shows("bonjour")

        fill_disk(process, is_full=True)
        with pytest.raises(Refused) as refused:
            await contact.write("vous êtes là ?", client_id="message-in-need")
        assert refused.value.frame["code"] == "not_kept"
        assert refused.value.frame["retry"] is True
        async with contact.session.get(f"{process.url}/health") as health:
            assert health.status == 503
            assert (await health.json())["status"] == "degraded"

        fill_disk(process, is_full=False)
        await process.logged("can be written again")
        await contact.write("vous êtes là ?", client_id="message-in-need")
        await contact.write("encore moi")
        await thread.shows("encore moi")
        # What waited for the disk may travel as one post.
        assert "\n".join(thread.texts).count("vous êtes là ?") == 1
        async with contact.session.get(f"{process.url}/health") as health:
            assert health.status == 200
        assert await process.stop() == 0
    assert recorded(place, contact) == ["bonjour", "2", "vous êtes là ?", "encore moi"]


def fill_disk(process: Running, *, is_full: bool) -> None:
    """Let every write to a file fail, as on a full disk, or work again; it holds for root as well."""
    infinity = resource.RLIM_INFINITY
    resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (0 if is_full else infinity, infinity))


def recorded(place: Place, contact: Contact) -> list[str]:
    """What the record holds of a contact's words, archive included."""
    held = RecordFiles(DataFolder(place.data)).export(record_id_of(ChatRef.parse(contact.address)))
    assert held is not None
    assert held["unreadable"] == []
    return [message.get("text", "") for message in held["messages"] if message["direction"] == "in"]
