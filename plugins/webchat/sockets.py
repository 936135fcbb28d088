"""The live connections of pages: each reads its frames one after another, and none can slow another."""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
from aiohttp import ClientConnectionError, WSCloseCode, WSMsgType, web
from aiolimiter import AsyncLimiter

from plugins.webchat.frames import FRAME_LIMIT_BYTES, FrameRefused

_logger = logging.getLogger(__name__)

# Inside a text the quotation marks would be escaped, so this is a key and nothing that somebody wrote.
_CLIENT_ID = re.compile(r'"client_id"\s*:\s*"([A-Za-z0-9_-]{1,64})"')
_HEARTBEAT_SECONDS = 30.0
# Larger frames are read and refused in plain words up to here; beyond, the connection is cut.
_CUT_BYTES = 1024 * 1024
_FRAMES_PER_SECOND = 20
_FAULTS_ALLOWED = 20
# A page that lags this far behind is let go; it comes back and gets the latest posts in one piece.
_WAITING_FRAMES = 512
_WAITING_CHARACTERS = 4 * 1024 * 1024

Handle = Callable[[str], Awaitable[None]]


class Socket:
    """One page's connection."""

    def __init__(self) -> None:
        self._response = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_CUT_BYTES)
        self._waiting: asyncio.Queue[str | WSCloseCode] = asyncio.Queue()
        self._waiting_characters = 0
        self._is_ended = False

    def push(self, frame: dict[str, Any]) -> None:
        """Send a frame to the page, soon; never waits."""
        self.push_text(msgspec.json.encode(frame).decode())

    def push_text(self, text: str) -> None:
        """Send a frame that is JSON already."""
        if self._is_ended:
            return
        self._waiting_characters += len(text)
        if self._waiting.qsize() >= _WAITING_FRAMES or self._waiting_characters > _WAITING_CHARACTERS:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self.end(WSCloseCode.TRY_AGAIN_LATER)
        else:
            self._waiting.put_nowait(text)

    def end(self, code: WSCloseCode) -> None:
        """Close the connection when what waits has been sent."""
        if not self._is_ended:
            self._is_ended = True
            self._waiting.put_nowait(code)

    async def serve(
        self, request: web.Request, begin: Callable[[], Awaitable[None]], handle: Handle
    ) -> web.StreamResponse:
        """Speak with the page until either side ends.

        Args:
            request: the page's upgrade request.
            begin: called once the connection stands.
            handle: called with each frame, in order; the next is read when it returns.
        """
        await self._response.prepare(request)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            try:
                await self._begin(begin)
                await self._read(handle)
            finally:
                self._is_ended = True
                writer.cancel()
        return self._response

    async def _begin(self, begin: Callable[[], Awaitable[None]]) -> None:
        try:
            await begin()
        except Exception:
            # A page that was not greeted would wait for ever; it comes back after a pause instead.
            _logger.exception("a page could not be greeted")
            self.end(WSCloseCode.INTERNAL_ERROR)

    async def _read(self, handle: Handle) -> None:
        pace = AsyncLimiter(_FRAMES_PER_SECOND, 1)
        faults = 0
        async for message in self._response:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                continue
            # Waiting here is what a flood costs its own sender: the next frames stay in their network.
            await pace.acquire()
            if not await self._contained(self._checked(message.data, handle), message.data):
                faults += 1
            if faults > _FAULTS_ALLOWED:
                self.end(WSCloseCode.POLICY_VIOLATION)

    async def _checked(self, frame: str | bytes, handle: Handle) -> None:
        if isinstance(frame, bytes):
            raise FrameRefused("malformed", "Frames are text.", is_fault=True)
        if len(frame) > FRAME_LIMIT_BYTES or len(frame.encode()) > FRAME_LIMIT_BYTES:
            limit = FRAME_LIMIT_BYTES // 1024
            raise FrameRefused("too_large", f"A frame holds at most {limit} KiB.", is_fault=True)
        await handle(frame)

    async def _contained(self, work: Awaitable[None], frame: Any) -> bool:
        """Do `work`, and tell the page what went wrong; False for what no page of ours would send."""
        try:
            await work
        except FrameRefused as refused:
            self.push(
                {
                    "type": "error",
                    "client_id": _client_id(frame),
                    "code": refused.code,
                    "text": str(refused),
                    "retry": refused.may_retry,
                }
            )
            return not refused.is_fault
        except OSError as error:
            # The disk refuses to be read: nothing is wrong with the frame, and the page tries again.
            _logger.warning("a frame waits for the disk: %s", error.strerror or type(error).__name__)
            self.push(
                {
                    "type": "error",
                    "client_id": _client_id(frame),
                    "code": "not_kept",
                    "text": "This could not be kept yet. It will be sent again.",
                    "retry": True,
                }
            )
        except Exception:
            # A fault in one frame ends neither the connection nor the process.
            _logger.exception("a frame could not be handled")
            text = "Something went wrong here. It will be tried again."
            self.push(
                {
                    "type": "error",
                    "client_id": _client_id(frame),
                    "code": "fault",
                    "text": text,
                    "retry": True,
                }
            )
        return True

    async def _write(self) -> None:
        with suppress(ClientConnectionError, ConnectionError):  # the page left; the reader ends too
            while True:
                waiting = await self._waiting.get()
                if isinstance(waiting, WSCloseCode):
                    await self._response.close(code=waiting)
                    return
                await self._response.send_str(waiting)
                self._waiting_characters -= len(waiting)


class Hub:
    """The connected sockets, by what they are to hear of."""

    def __init__(self) -> None:
        self._audiences: defaultdict[str, set[Socket]] = defaultdict(set)

    def join(self, audience: str, socket: Socket) -> None:
        """Let `socket` hear what is pushed to `audience`."""
        self._audiences[audience].add(socket)

    def leave(self, audience: str, socket: Socket) -> None:
        """Undo `join`."""
        self._audiences[audience].discard(socket)
        if not self._audiences[audience]:
            del self._audiences[audience]

    @contextmanager
    def joined(self, audience: str, socket: Socket) -> Iterator[None]:
        """Let `socket` hear `audience` while the block lasts."""
        self.join(audience, socket)
        try:
            yield
        finally:
            self.leave(audience, socket)

    def size(self, audience: str) -> int:
        """How many sockets hear `audience`."""
        return len(self._audiences.get(audience, ()))

    def push(self, audience: str, frame: dict[str, Any]) -> None:
        """Send a frame to every socket of `audience`; never waits."""
        sockets = self._audiences.get(audience)
        if sockets:
            text = msgspec.json.encode(frame).decode()
            for socket in tuple(sockets):
                socket.push_text(text)

    def end(self) -> None:
        """Close every connection, because this server stops."""
        for sockets in tuple(self._audiences.values()):
            for socket in tuple(sockets):
                socket.end(WSCloseCode.SERVICE_RESTART)


def _client_id(frame: Any) -> str:
    """The client id of a refused frame, as far as it can be read: the frame may be cut, or no JSON at all."""
    found = _CLIENT_ID.search(frame[:FRAME_LIMIT_BYTES]) if isinstance(frame, str) else None
    return "" if found is None else found[1]
