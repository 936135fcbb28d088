"""A local Telegram Bot API over real HTTP: strict, with long polling, webhooks, and every trouble it makes.

Methods are at `/bot<token>/<method>`, by GET or POST, with parameters in the address, a form, JSON or
multipart; files are at `/file/bot<token>/<path>`.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from tests.simulators.server import UPLOAD_LIMIT_BYTES
from tests.simulators.telegram_chats import BOT_ID, Chats, Payload, Refusal
from tests.simulators.telegram_methods import FILE_KINDS, Methods, Upload
from tests.simulators.telegram_rules import PostLimit
from tests.simulators.telegram_updates import Trouble, Updates

TOKEN = f"{BOT_ID}:token-of-the-simulated-bot"
HOUSEKEEPING = frozenset(
    {"getUpdates", "getChat", "getChatMember", "setMyCommands", "getForumTopicIconStickers", "pinChatMessage"}
    | {"answerCallbackQuery", "deleteWebhook", "setWebhook", "getWebhookInfo"}
)
"""Calls that a trouble passes over: it is for the next call that people see the outcome of."""

_CARRIED_OUT = frozenset({Trouble.DROP, Trouble.GARBAGE, Trouble.LATE})
"""Troubles that come only with the answer."""

_TEXTS = frozenset(
    {"text", "caption", "name", "title", "address", "first_name", "phone_number", "secret_token", "url"}
    | {"callback_query_id", "business_connection_id", "file_id", *FILE_KINDS}
)
"""Parameters that are a text by nature, and no JSON."""


@dataclass(slots=True, kw_only=True)
class TelegramPlatform(Updates):
    """The platform's server for one bot; troubles spare `HOUSEKEEPING`.

    Attributes:
        token: the bot's.
        delay_s: how long every call takes, those for updates aside.
        chats: what people see.
        limit: how many posts a group takes.
        calls: every call that was authorised: method and parameters.
    """

    token: str = TOKEN
    delay_s: float = 0.0
    chats: Chats = field(init=False)
    limit: PostLimit = field(default_factory=lambda: PostLimit(clock=time.monotonic))
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    _methods: Methods = field(init=False)

    def __post_init__(self) -> None:
        self.chats = Chats(emit=self.emit)
        self._methods = Methods(self.chats)

    async def _start(self) -> None:
        app = web.Application(client_max_size=UPLOAD_LIMIT_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/files/{file}", self._download)
        self.url = await self._serve(app)
        self._ending.push_async_callback(self._end_tasks)

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            self._authorise(request)
            call, uploads = await _parameters(request)
            self.calls.append((method, call))
            if method == "getUpdates":
                return _json({"ok": True, "result": await self.updates(call)})
            return await self._carry_out(request, method, call, uploads)
        except Refusal as refusal:
            return _json(refusal.answer, status=refusal.status)
        except (KeyError, TypeError, ValueError) as error:
            problem = {"ok": False, "error_code": 400, "description": f"Bad Request: wrong parameter {error}"}
            return _json(problem, status=400)
        finally:
            await self._tell()

    async def _carry_out(
        self, request: web.Request, method: str, call: Payload, uploads: Mapping[str, Upload]
    ) -> web.StreamResponse:
        chat_id = int(call.get("chat_id", 0))
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        await self._released(chat_id)
        trouble = self._next.popleft() if self._next and method not in HOUSEKEEPING else None
        if trouble is Trouble.HANG:
            await self._over.wait()
        if trouble is Trouble.BAD_GATEWAY:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if trouble is not None and trouble not in _CARRIED_OUT:
            raise self.refusal(trouble)
        self.limit.admit(method, chat_id)
        result = self.turn_webhook(method, call) if "Webhook" in method else None
        if result is None:
            result = self._methods.carry_out(method, call, uploads)
        if trouble is Trouble.DROP:
            assert request.transport is not None
            request.transport.abort()
        if trouble is Trouble.LATE:
            await self.until(lambda: not self.waiting or None)
        if trouble is Trouble.GARBAGE:
            return web.Response(text="<html>Welcome to the proxy</html>", content_type="text/html")
        return _json({"ok": True, "result": result})

    def _authorise(self, request: web.Request) -> None:
        if request.match_info["token"] != self.token:
            raise Refusal(401, "Unauthorized")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        found = self.chats.files.get(request.match_info["file"])
        if request.match_info["token"] != self.token or found is None:
            return _json({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=found[1])


async def _parameters(request: web.Request) -> tuple[Payload, dict[str, Upload]]:
    """The parameters of a call, and the files that came with it."""
    found: Payload = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        found |= msgspec.json.decode(await request.read())
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = (value.filename, value.file.read())
            else:
                found[name] = value
    return {name: parameter(name, value) for name, value in found.items()}, uploads


def parameter(name: str, value: Any) -> Any:
    """A parameter, whose text is JSON where it is not a text by nature."""
    if not isinstance(value, str) or name in _TEXTS:
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _json(answer: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), status=status, content_type="application/json")
