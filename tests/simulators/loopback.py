"""Loopback: a small, strict platform of our own, over real HTTP, with every trouble a platform can make.

Each call is `POST /api/<method>` with a bearer token and a JSON object, except `POST /api/upload` and
`GET /api/files/<id>`, which carry a file. An error is a JSON object with `error` and `detail`. A webhook is
a JSON object whose `X-Loopback-Signature` is the hexadecimal HMAC-SHA256 of the raw body.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any

import msgspec
from aiohttp import web

from tests.simulators.loopback_rooms import Answer, Refusal, Rooms
from tests.simulators.server import UPLOAD_LIMIT_BYTES, PlatformServer

SIGNATURE_HEADER = "X-Loopback-Signature"


class Trouble(StrEnum):
    """What the platform can do instead of answering the next call well.

    Attributes:
        RATE_LIMITED: 429 with `retry_after`.
        SERVER_ERROR: 500 with a body; nothing was done.
        HANG: nothing was done and no answer comes.
        GARBAGE: the call was carried out, and the answer is a page of HTML.
        DROP: the connection is closed after the call was carried out.
        REJECTED: 400, for good.
        CHAT_GONE: 403, the chat takes no messages.
        THREAD_GONE: 404, the thread is gone.
        CHAT_MOVED: 409 with `new_chat`.
        WRONG_TOKEN: 401, as after the token was revoked.
    """

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    GARBAGE = "garbage"
    DROP = "drop"
    REJECTED = "rejected"
    CHAT_GONE = "chat_gone"
    THREAD_GONE = "thread_gone"
    CHAT_MOVED = "chat_moved"
    WRONG_TOKEN = "wrong_token"


@dataclass(slots=True, kw_only=True)
class LoopbackPlatform(PlatformServer[Trouble]):
    """The platform's server.

    Attributes:
        token: the bearer token it accepts.
        secret: the key of its webhook signatures.
        rooms: its chats and their rules.
        delay_s: how long every call takes.
        retry_after_s: what a 429 names.
        moved_to: the new id that `CHAT_MOVED` names.
        webhook_url: where `push` delivers.
        calls: every call that was authorised: method and body.
    """

    token: str
    secret: str
    rooms: Rooms = field(default_factory=Rooms)
    delay_s: float = 0.0
    retry_after_s: float = 7.0
    moved_to: str = "moved"
    webhook_url: str = ""
    calls: list[tuple[str, Answer]] = field(default_factory=list)

    async def _start(self) -> None:
        app = web.Application(client_max_size=UPLOAD_LIMIT_BYTES)
        app.router.add_post("/api/upload", self._upload)
        app.router.add_get("/api/files/{file}", self._download)
        app.router.add_post("/api/{method}", self._call)
        self.url = await self._serve(app)

    async def push(self, event: Mapping[str, Any]) -> tuple[int, Answer]:
        """Deliver a signed webhook and return the status and the answer."""
        if event["type"] == "message":
            self.rooms.hear(event)
        body, signature = self.signed(event)
        return await self.push_raw(body, signature=signature)

    async def push_raw(self, body: bytes, *, signature: str | None) -> tuple[int, Answer]:
        """Deliver any body with any signature, or none."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers[SIGNATURE_HEADER] = signature
        async with self._http.post(self.webhook_url, data=BytesIO(body), headers=headers) as response:
            answer = await response.read()
            is_json = response.content_type == "application/json" and answer
            return response.status, msgspec.json.decode(answer) if is_json else {}

    def signed(self, event: Mapping[str, Any]) -> tuple[bytes, str]:
        """The body of a webhook, and its signature."""
        body = msgspec.json.encode(event)
        return body, hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            body = msgspec.json.decode(await request.read())
        except msgspec.DecodeError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        return await self._carry_out(request, method, body, lambda: self.rooms.carry_out(method, body))

    async def _carry_out(
        self, request: web.Request, method: str, body: Answer, act: Callable[[], Answer]
    ) -> web.StreamResponse:
        try:
            self._authorise(request)
            self.calls.append((method, body))
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            await self._released(body.get("chat", ""))
            trouble = self._next.popleft() if self._next else None
            if trouble is Trouble.HANG:
                await self._over.wait()
            if trouble is not None and trouble not in {Trouble.DROP, Trouble.GARBAGE}:
                raise self._refusal(trouble)
            answer = act()
        except Refusal as refusal:
            return _json(refusal.answer, status=refusal.status)
        except (KeyError, TypeError) as error:
            return _json({"error": "bad_request", "detail": f"missing or wrong: {error}"}, status=400)
        finally:
            await self._tell()
        if trouble is Trouble.DROP:
            assert request.transport is not None
            request.transport.abort()
        if trouble is Trouble.GARBAGE:
            return web.Response(text="<html>Welcome to the proxy</html>", content_type="text/html")
        return _json(answer)

    def _authorise(self, request: web.Request) -> None:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self.token}"):
            raise Refusal(401, "unauthorized", "the token is wrong")

    def _refusal(self, trouble: Trouble) -> Refusal:
        match trouble:
            case Trouble.RATE_LIMITED:
                return Refusal(429, "rate_limited", "slow down", retry_after=self.retry_after_s)
            case Trouble.REJECTED:
                return Refusal(400, "rejected", "the message is not allowed")
            case Trouble.CHAT_GONE:
                return Refusal(403, "chat_gone", "the chat does not take messages")
            case Trouble.THREAD_GONE:
                return Refusal(404, "thread_gone", "the thread is gone")
            case Trouble.CHAT_MOVED:
                return Refusal(409, "chat_moved", "the chat has a new id", new_chat=self.moved_to)
            case Trouble.WRONG_TOKEN:
                return Refusal(401, "unauthorized", "the token is wrong")
            case _:
                return Refusal(500, "internal", "something broke")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()

        body = {"name": request.query.get("name", "")}
        return await self._carry_out(request, "upload", body, lambda: self.rooms.keep_file(content))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authorise(request)
        except Refusal as refusal:
            return _json(refusal.answer, status=refusal.status)
        content = self.rooms.files.get(request.match_info["file"])
        if content is None:
            return _json({"error": "no_file", "detail": "there is no such file"}, status=404)
        return web.Response(body=content)


def _json(answer: Answer, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), status=status, content_type="application/json")
