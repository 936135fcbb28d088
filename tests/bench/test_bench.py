"""What the benches are made of; what they measure is asserted nowhere."""

import asyncio
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tests.bench import Figure, number
from tests.bench.__main__ import sections, table
from tests.bench.picture import picture
from tests.bench.wire import Connection, Served, Unit, request, response

FAST = Figure(name="fast <enough>", value=1820.4, unit="/s", at_least=1500)
SLOW = Figure(name="slow", value=90.04, unit="ms", at_most=80, note="of a platform")
PLAIN = Figure(name="only told", value=0.5)


def test_every_section_is_found() -> None:
    """What has figures is a section, and what only helps is none."""
    found = set(sections())
    assert found >= {"endtoend", "matching", "meta", "start", "store", "telegram", "turns", "whatsapp"}
    assert not found & {"bare", "botapi", "load", "paces", "picture", "processes", "simulator", "wire"}


def test_what_is_missed_is_said() -> None:
    """The table names what is wanted of each figure, and says so when it is missed."""
    lines = table([("turns", FAST), ("endtoend", SLOW), ("store", PLAIN)]).splitlines()
    assert [re.sub(r" {2,}", "  ", line) for line in lines] == [
        "turns  fast <enough>  1,820 /s  at least 1,500",
        "endtoend  slow  90 ms  at most 80, MISSED  of a platform",
        "store  only told  0.5",
    ]


def test_the_picture_shows_what_something_is_wanted_of() -> None:
    """The picture is well-formed, has a bar for each wanted figure, and marks those that are missed."""
    svg = picture([("turns", FAST), ("endtoend", SLOW), ("store", PLAIN)], subtitle="x")
    drawn = ET.fromstring(svg)  # noqa: S314  # it is ours
    kinds = [each.get("class") for each in drawn.iter() if each.tag.endswith("rect")]
    assert kinds == ["paper", "line", "met", "line", "missed"]
    texts = "\n".join(each.text or "" for each in drawn.iter() if each.tag.endswith("text"))
    assert "fast <enough>" in texts
    assert "at most 80 is missed" in texts
    assert "only told" not in texts


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (99.44, "99.4"), (0.9949, "0.995"), (0, "0")]
)
def test_numbers_are_short(value: float, shown: str) -> None:
    """A figure has three digits, or all before its point."""
    assert number(value) == shown


async def test_requests_arrive_whole_in_any_pieces() -> None:
    """A request is served when all of it has come, and each asker gets the answer to what it asked."""
    served: list[Unit] = []

    def serve(unit: Unit, write: Callable[[bytes], None]) -> None:
        served.append(unit)
        write(response(200, unit.body[::-1]))

    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: Served(serve), "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        connection = await Connection.to(host, port)
        assert (await connection.ask(request("/a", {"X-Key": "1"}, b"abc"))).body == b"cba"
        assert (await connection.ask(request("/b", {}, b""))).head.startswith(b"HTTP/1.1 200 ")
        reader, writer = await asyncio.open_connection(host, port)
        for byte in request("/c", {}, b"piece"):
            writer.write(bytes((byte,)))
            await writer.drain()
        assert (await reader.readuntil(b"eceip")).startswith(b"HTTP/1.1 200 ")
        writer.close()
        await writer.wait_closed()
        connection.close()
    assert [(unit.head.split()[1], unit.body) for unit in served] == [
        (b"/a", b"abc"),
        (b"/b", b""),
        (b"/c", b"piece"),
    ]


async def test_a_server_that_hangs_up_fails_the_asker() -> None:
    """Who still waits for an answer when the connection is closed is told."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(asyncio.Protocol, "127.0.0.1", 0) as server:
        connection = await Connection.to(*server.sockets[0].getsockname())
        answer = connection.ask(request("/", {}, b""))
        connection.close()
        with pytest.raises(ConnectionError):
            await answer
