"""A small, strict Twilio over real HTTP: messages, lists, media, callbacks, and every trouble it can make.

It speaks what a WhatsApp sender needs of the REST API (twilio.com/docs/messaging/api/message-resource), posts
signed forms as Twilio does, and keeps files behind the account's credentials and a redirect to storage.
"""

import asyncio
import base64
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from aiohttp import ClientError, web

from tests.simulators.server import PlatformServer
from tests.simulators.twilio_account import Account, Names
from tests.simulators.twilio_hooks import Hooks
from tests.simulators.twilio_messages import Answer, File, Message, MessageBook, Refusal
from tests.simulators.twilio_troubles import Trouble, refuse

_MEDIA_LIMIT = 16 * 1024 * 1024


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


@dataclass(slots=True, kw_only=True)
class TwilioPlatform(PlatformServer[Trouble]):
    """Twilio's server; lists and templates, which are asked for in between, have troubles of their own.

    Attributes:
        account_sid: the account.
        auth_token: its token, which also signs.
        number: its sender, with the channel's prefix.
        clock: the time of its messages and windows.
        delay_s: how long every call takes.
        retry_after_s: what a 429 names.
        media_types: the types that files may have; None: any, for servers that do not say.
        calls: each call that was authorised: method, path and parameters.
        account: what the API tells of it.
        book: its messages.
        hooks: posts its forms.
        leaked: whether storage was ever shown the credentials.
        cdn_url: the root of its storage, once started.
    """

    account_sid: str
    auth_token: str
    number: str
    clock: Callable[[], datetime] = field(default_factory=Clock)
    delay_s: float = 0.0
    retry_after_s: int = 7
    media_types: frozenset[str] | None = None
    calls: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    leaked: bool = False
    cdn_url: str = ""
    book: MessageBook = field(init=False)
    account: Account = field(init=False)
    hooks: Hooks = field(init=False)
    _lists: deque[Trouble] = field(default_factory=deque)
    _contents: deque[Trouble] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.book = MessageBook(account_sid=self.account_sid, senders={self.number}, now=self.clock)
        self.account = Account(account_sid=self.account_sid, number=self.number, book=self.book)
        self.hooks = Hooks(account_sid=self.account_sid, auth_token=self.auth_token, book=self.book)

    async def _start(self) -> None:
        api = web.Application()
        account = "/2010-04-01/Accounts/{account}"
        api.router.add_get(f"{account}.json", self._call(self.account.account))
        api.router.add_post(f"{account}/Messages.json", self._create)
        api.router.add_get(f"{account}/Messages.json", self._call(self.account.messages, self._lists))
        api.router.add_delete(f"{account}/Messages/{{sid}}.json", self._call(self.account.delete))
        api.router.add_get(
            f"{account}/Messages/{{sid}}/Media.json", self._call(self.account.files, self._lists)
        )
        api.router.add_get(f"{account}/Messages/{{sid}}/Media/{{file}}", self._file)
        api.router.add_get("/v2/Channels/Senders", self._call(self.account.senders))
        api.router.add_post("/v2/Indicators/Typing.json", self._call(self.account.show_typing))
        api.router.add_post("/v1/Content", self._call(self.account.make_content, self._contents))
        api.router.add_get("/v1/Content/{sid}", self._call(self.account.content, self._contents))
        storage = web.Application()
        storage.router.add_get("/{sid}/{file}", self._stored)
        self.url = await self._serve(api)
        self.cdn_url = await self._serve(storage)
        self.hooks.http = self._http

    def fail_lists(self, *troubles: Trouble) -> None:
        """Give the next lists these troubles, one each."""
        self._lists.extend(troubles)

    def fail_contents(self, *troubles: Trouble) -> None:
        """Give the next calls about templates these troubles, one each."""
        self._contents.extend(troubles)

    async def settle(self, message: Message) -> None:
        """Tell what becomes of a message, as Twilio does: on its way, and then delivered or failed."""
        if message.late_error:
            assert await self.hooks.tell(message, "undelivered", error_code=message.late_error) == 200
            return
        for status in ("sent", "delivered"):
            assert await self.hooks.tell(message, status) == 200

    def _call(
        self, act: Callable[[Names, Mapping[str, Any]], Answer | None], troubles: deque[Trouble] | None = None
    ) -> Callable[[web.Request], Any]:
        """A handler that carries `act` out when it may."""

        async def handle(request: web.Request) -> web.StreamResponse:
            given: dict[str, Any] = dict(request.query)
            if request.content_type == "application/json":
                given = await request.json()
            elif request.method == "POST":
                given = {name: values[0] for name, values in parse_qs(await request.text()).items()}

            async def carry_out() -> Answer | None:
                return act(request.match_info, given)

            return await self._carry_out(
                request, given, carry_out, self._next if troubles is None else troubles
            )

        return handle

    async def _create(self, request: web.Request) -> web.StreamResponse:
        given = parse_qs(await request.text(), keep_blank_values=True, strict_parsing=True)

        async def carry_out() -> Answer:
            for to in given.get("To", ()):
                await self._released(to)
            message = self.book.create(given)
            for url in given.get("MediaUrl", ()):
                await self._fetch(message, url)
            return self.book.listed(message)

        return await self._carry_out(request, given, carry_out, self._next, created=True)

    async def _carry_out(
        self,
        request: web.Request,
        given: Mapping[str, Any],
        act: Callable[[], Any],
        troubles: deque[Trouble],
        *,
        created: bool = False,
    ) -> web.StreamResponse:
        headers: dict[str, str] = {}
        trouble: Trouble | None = None
        try:
            self._authorise(request)
            self.calls.append((request.method, request.path, given))
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            trouble = troubles.popleft() if troubles else None
            if trouble is Trouble.HANG:
                await self._over.wait()
            if trouble is Trouble.RATE_LIMITED:
                headers["Retry-After"] = str(self.retry_after_s)
            refuse(trouble)
            answer = await act()
        except Refusal as refusal:
            return web.json_response(refusal.answer, status=refusal.status, headers=headers)
        finally:
            await self._tell()
        if trouble is Trouble.DROP:
            assert request.transport is not None
            request.transport.abort()
        if trouble is Trouble.GARBAGE:
            return web.Response(text="<html>Welcome to the proxy</html>", content_type="text/html")
        if trouble is Trouble.EMPTY:
            answer = {}
        if answer is None:
            return web.Response(status=204)
        return web.json_response(answer, status=201 if created else 200)

    def _authorise(self, request: web.Request) -> None:
        user = f"{self.account_sid}:{self.auth_token}"
        expected = f"Basic {base64.b64encode(user.encode()).decode()}"
        if not hmac.compare_digest(request.headers.get("Authorization", ""), expected):
            raise Refusal(401, 20003, "Authenticate")
        if request.match_info.get("account", self.account_sid) != self.account_sid:
            raise Refusal(404, 20404, "The requested resource was not found")

    async def _fetch(self, message: Message, url: str) -> None:
        """Fetch a file that is to be sent: first its headers, then itself."""
        assert self._http is not None
        message.late_error = message.late_error or 63019
        with suppress(ClientError, TimeoutError):
            async with self._http.head(url) as answer:
                if answer.status != 200:
                    return
            async with self._http.get(url) as answer:
                content = await answer.read()
                mime_type = answer.headers.get("Content-Type", "").partition(";")[0]
                is_type = self.media_types is None or mime_type in self.media_types
                if answer.status != 200 or not is_type or len(content) > _MEDIA_LIMIT:
                    return
            message.files.append(File(sid=self.book.sid("ME"), content=content, mime_type=mime_type))
            message.late_error = 0 if message.late_error == 63019 else message.late_error

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file's address: opens for the account alone, and leads to storage."""
        try:
            message, file = self._available(request)
        except Refusal as refusal:
            return web.json_response(refusal.answer, status=refusal.status)
        raise web.HTTPTemporaryRedirect(f"{self.cdn_url}/{message.sid}/{file.sid}")

    def _available(self, request: web.Request) -> tuple[Message, File]:
        self._authorise(request)
        message = self.account.message(request.match_info["sid"])
        for file in message.files:
            if file.sid == request.match_info["file"] and not file.missing_for:
                return message, file
            file.missing_for = max(file.missing_for - 1, 0)
        raise Refusal(404, 20404, "The requested resource was not found")

    async def _stored(self, request: web.Request) -> web.StreamResponse:
        self.leaked |= "Authorization" in request.headers
        message = self.book.messages.get(request.match_info["sid"])
        for file in message.files if message else ():
            if file.sid == request.match_info["file"]:
                return web.Response(body=file.content, content_type=file.mime_type)
        raise web.HTTPNotFound
