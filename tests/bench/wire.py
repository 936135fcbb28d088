"""HTTP/1.1 over kept connections as plain bytes: cheap beside what is measured with it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Unit:
    """One request or response: the head up to its empty line, and the body."""

    head: bytes
    body: bytes


class _Units(asyncio.Protocol):
    """Cuts what arrives into units, whatever pieces it arrives in."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._arrived = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and pass on what is whole."""
        self._arrived += data
        while (end := self._arrived.find(_END_OF_HEAD)) >= 0:
            head = self._arrived[:end]
            found = _LENGTH.search(head)
            body_at = end + len(_END_OF_HEAD)
            whole = body_at + (int(found[1]) if found else 0)
            if len(self._arrived) < whole:
                return
            unit = Unit(head, self._arrived[body_at:whole])
            self._arrived = self._arrived[whole:]
            self.take(unit)

    def take(self, unit: Unit) -> None:
        """Do something with a unit."""
        raise NotImplementedError


class Served(_Units):
    """A client's connection.

    Args:
        serve: takes each request, and what to write the response with.
    """

    def __init__(self, serve: Callable[[Unit, Callable[[bytes], None]], None]) -> None:
        super().__init__()
        self._serve = serve

    def take(self, unit: Unit) -> None:
        """Have a request served."""
        self._serve(unit, self._write)

    def _write(self, response: bytes) -> None:
        assert self.transport is not None
        if not self.transport.is_closing():  # who asked may have gone
            self.transport.write(response)


@asynccontextmanager
async def serving(answer: Callable[[Unit], bytes], *, delay_s: float) -> AsyncIterator[str]:
    """Answer each request after a while; gives the address."""
    loop = asyncio.get_running_loop()

    def take(unit: Unit, write: Callable[[bytes], None]) -> None:
        loop.call_later(delay_s, lambda: write(answer(unit)))

    server = await loop.create_server(lambda: Served(take), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Connection(_Units):
    """A kept connection to a server, with one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[Unit] | None = None

    @classmethod
    async def to(cls, host: str, port: int) -> "Connection":
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    def ask(self, request: bytes) -> "asyncio.Future[Unit]":
        """Send a request; the response comes in its own time."""
        assert self.transport is not None
        assert self._answer is None, "one request at a time"
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def take(self, unit: Unit) -> None:
        """Hand over a response."""
        answer, self._answer = self._answer, None
        assert answer is not None, "a response that nobody asked for"
        answer.set_result(unit)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail what is still asked."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.close()


def request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of a POST to the local host."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _END_OF_HEAD + body


def response(status: int, body: bytes) -> bytes:
    """The bytes of a response with a JSON body."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
