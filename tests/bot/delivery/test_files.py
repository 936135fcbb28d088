"""Files: fetched at once, once, within limits, and never in the way of others."""

import asyncio
from collections import deque
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from bot.api import Capabilities, ChatRef, ConnectionFailed, DeliveryRejected, MediaKind, RateLimited
from bot.delivery.surroundings import Limits
from bot.model import File, Post, Record
from tests.bot.delivery.platform import ScriptedPlatform
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, post, send, settle

PHOTOS = Capabilities(text_limit=4000, caption_limit=100, media=MappingProxyType({MediaKind.PHOTO: 1000}))
PHOTO = File(kind="photo", remote_id="f1", file_name="cat.jpg", mime_type="image/jpeg")


def world_with(**files: bytes | Exception) -> World:
    world = World(rooms=ScriptedPlatform(PHOTOS))
    world.post.files.update(files)
    return world


def file_of(world: World, record: Record, number: int) -> File:
    return world.now(record).messages[number].files[0]


def test_a_file_travels() -> None:
    """A file that came with a message is fetched from the contact's channel and posted with its caption."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        async with world.live():
            await world.put(record, post("look", files=number))
            await settle()
        (shown,) = world.rooms.shown
        assert shown.message.text == "look"
        assert shown.message.media is not None
        assert shown.message.media.file_name == "cat.jpg"
        assert shown.message.media.source is not None
        assert world.media.saved == [(record.record_id, b"meow")]
        assert file_of(world, record, number).media is not None

    run(scenario())


def test_a_file_is_fetched_once() -> None:
    """A file that several posts carry is fetched once, and one that is held not at all."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        async with world.live():
            chats = [TEAM, ChatRef("rooms", "-2"), ChatRef("rooms", "-3")]
            await world.put(record, *(post("look", files=number, chat=chat) for chat in chats))
            await settle()
            await world.put(record, post("again", files=number))
            await settle()
        assert len(world.media.saved) == 1
        assert [shown.message.media is not None for shown in world.rooms.shown] == [True] * 4

    run(scenario())


def test_a_members_file_is_fetched_from_the_room() -> None:
    """A file that a member wrote with is fetched from the channel of the team chat."""

    async def scenario() -> None:
        world = World(post=ScriptedPlatform(PHOTOS))
        world.rooms.files["f1"] = b"price list"
        record = world.record()
        number = await world.write(record, files=(PHOTO,), source=Post(TEAM, "9"))
        async with world.live():
            await world.put(record, send("here", files=number))
            await settle()
        assert world.post.shown[0].message.media is not None

    run(scenario())


def test_a_slow_file_holds_up_its_contact_only() -> None:
    """While a file is fetched, what is behind it of the same contact waits, and other contacts pass."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        ann = world.record()
        bob = world.record(ChatRef("post", "8"))
        number = await world.write(ann, files=(PHOTO,))
        world.post.gate = asyncio.Event()
        async with world.live():
            await world.put(ann, post("photo", files=number), post("after"))
            await world.put(bob, post("bob"))
            await settle(1)
            assert world.rooms.texts() == ["bob"]
            world.post.gate.set()
            await settle()
        assert world.rooms.texts() == ["bob", "photo", "after"]

    run(scenario())


def test_a_download_is_retried() -> None:
    """A download that fails for now is tried again, and the channel's owner is told of a lost connection."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        slow = RateLimited("slow", retry_after=timedelta(seconds=60))
        world.post.script = deque([ConnectionFailed("down"), slow])
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        async with world.live():
            await world.put(record, post("look", files=number))
            await settle()
        assert world.rooms.shown[0].message.media is not None
        assert world.broken == [("post", "down")]
        assert world.post.times[2] - world.post.times[1] >= timedelta(seconds=60)
        assert [outcome for _, action, outcome in world.observed if action == "download"] == [
            "connection_failed",
            "rate_limited",
            "done",
        ]

    run(scenario())


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (DeliveryRejected("it has expired"), "it has expired"),
        (KeyError("private"), "delivery.not_fetched"),
        (ConnectionFailed("down"), "down"),
        (OSError("disk full"), "delivery.not_fetched"),
    ],
)
def test_a_lost_file_is_named(error: Exception, problem: str) -> None:
    """A file that cannot be had is named in the post, with the reason, and asked for no more."""

    async def scenario() -> None:
        world = world_with(f1=error)
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        async with world.live():
            await world.put(record, post("look", files=number))
            await settle()
            calls = len(world.post.calls)
            await world.put(record, post("again", files=number))
            await settle()
            assert len(world.post.calls) == calls
        assert world.rooms.texts()[0] == f"look\nnotice.file_lost cat.jpg {problem}"
        assert file_of(world, record, number).problem == problem

    run(scenario())


def test_a_channel_that_is_down_loses_the_file() -> None:
    """A file of a channel that stays down is given up in the end, so that the words arrive."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        async with world.live() as delivery:
            delivery.detach("post")
            await world.put(record, post("look", files=number))
            await settle(24 * 3600)
        assert world.rooms.texts() == ["look\nnotice.file_lost cat.jpg delivery.no_channel"]

    run(scenario())


def test_the_largest_file_may_change() -> None:
    """How large a file may be is asked for each, since config.toml may be changed."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        async with world.live():
            for limit in (3, 4):
                world.media_limit = limit
                number = await world.write(record, files=(PHOTO,))
                await world.put(record, post("look", files=number))
                await settle()
        assert [shown.message.media is not None for shown in world.rooms.shown] == [False, True]

    run(scenario())


def test_downloads_are_bounded() -> None:
    """No more files are fetched at a time than the limit says."""

    async def scenario() -> None:
        world = world_with(**{f"f{number}": b"x" for number in range(20)})
        world.limits = Limits(downloads=3)
        world.post.gate = asyncio.Event()
        record = world.record()
        async with world.live():
            for number in range(20):
                file = File(kind="photo", remote_id=f"f{number}")
                line = await world.write(record, files=(file,))
                await world.put(record, post(str(number), files=line))
            await settle(1)
            assert len(world.post.calls) == 3
            world.post.gate.set()
            await settle()
            assert len(world.media.saved) == 20
        assert world.rooms.texts() == [str(number) for number in range(20)]

    run(scenario())


def test_several_files_of_a_message() -> None:
    """Each file of a message is fetched, and each is posted; the words stand with the first."""

    async def scenario() -> None:
        world = world_with(f1=b"1", f2=b"2", f3=DeliveryRejected("gone"))
        record = world.record()
        files = tuple(
            File(kind="photo", remote_id=f"f{number}", file_name=f"{number}.jpg") for number in (1, 2, 3)
        )
        number = await world.write(record, files=files)
        async with world.live():
            await world.put(record, post("look", files=number))
            await settle()
        assert [(each.message.text, each.message.media is not None) for each in world.rooms.shown] == [
            ("look\nnotice.file_lost 3.jpg gone", True),
            ("", True),
        ]

    run(scenario())


def test_a_stop_ends_downloads() -> None:
    """A stop does not wait for downloads; the next process fetches the file again."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        world.post.gate = asyncio.Event()
        async with world.live() as delivery:
            await world.put(record, post("look", files=number))
            await settle(1)
            await delivery.stop(timedelta(seconds=5))
        world.post.gate = None
        async with world.live() as delivery:
            await delivery.recover([record.record_id])
            await delivery.files.fetch(record.record_id, number)
            await settle()
        assert world.rooms.texts() == ["look"]

    run(scenario())


def test_an_erased_message_is_left_alone() -> None:
    """A file whose message was erased while it was fetched changes nothing."""

    async def scenario() -> None:
        world = world_with(f1=b"meow")
        record = world.record()
        number = await world.write(record, files=(PHOTO,))
        world.post.gate = asyncio.Event()
        async with world.live() as delivery:
            job = delivery.files.fetch(record.record_id, number)
            await settle(1)

            def erase(ledger: Any, _now: Any) -> None:
                ledger.change_message(number, files=())

            await world.ledgers.apply(record.record_id, erase)
            world.post.gate.set()
            await job
        assert world.now(record).messages[number].files == ()

    run(scenario())
