"""The calls of the Bot API, by the SDK; every error that leaves here is the bot's own, without the token."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout
from telegram import Bot

from bot.api import ConfigurationError, ConnectionFailed, DeliveryRejected, DeliveryUncertain, Wording
from plugins.telegram.errors import Refused, failure
from plugins.telegram.request import SessionRequest
from plugins.telegram.timing import Timing

ResultT = TypeVar("ResultT")

READ_SIZE = 64 * 1024
MOST_UPDATES = 100
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "message_reaction",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""Named each time: what is left out keeps what was asked for last, and reactions are not sent unasked."""


class Client:
    """One bot's way to the platform.

    Args:
        http: the session that carries the calls.
        api_url: the root of the Bot API, without a slash at the end.
        token: the bot's.
        timing: time limits.
        wording: what people are told.

    Attributes:
        say: gives words for people by their key.
        bot: the SDK's methods; await them in `act` or `ask`, never by themselves.
    """

    def __init__(
        self, http: ClientSession, *, api_url: str, token: str, timing: Timing, wording: Wording
    ) -> None:
        # At DEBUG the SDK writes the address of the API, and that holds the token.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self.say = wording
        self._http = http
        self._files_url = f"{api_url}/file/bot{token}"
        self._has_token = bool(token) and not set(token) & set("/?# \n")
        self._timing = timing
        self._methods_url = f"{api_url}/bot{token}"
        self._request = SessionRequest(http, timing)
        self.bot = Bot(
            token or "none",
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def prepare(self) -> None:
        """See that there is a token; to be awaited before any call.

        Raises:
            ConfigurationError: there is no token, or one that cannot be.
        """
        if not self._has_token:
            raise ConfigurationError(self.say("no_token"))

    async def act(self, call: Awaitable[ResultT]) -> ResultT:
        """Await a call that people may see, so that a broken one is uncertain; raises as `Plugin.send`."""
        try:
            return await call
        except Exception as error:  # noqa: BLE001  # the SDK raises anything when an answer is not as it should be
            raise failure(error, self.say) from None

    async def ask(self, call: Awaitable[ResultT]) -> ResultT:
        """Await a call that nobody sees, so that a broken one may be repeated; raises as `Plugin.send`."""
        try:
            return await self.act(call)
        except DeliveryUncertain as error:
            raise ConnectionFailed(str(error)) from error

    async def look(self, method: str, *, answer_s: float | None = None, **parameters: Any) -> Any:
        """Make a call that changes nothing, and return its result as it came; raises as `ask`."""
        url = f"{self._methods_url}/{method}"
        return await self.ask(self._request.call(url, parameters, answer_s=answer_s))

    async def updates(self, offset: int | None, *, wait_s: int) -> list[Any]:
        """What came since, as the platform wrote it.

        Args:
            offset: the lowest update that is not confirmed yet; asking for it confirms all before it.
            wait_s: how long the platform waits for one when there is none.

        Raises:
            ConfigurationError: another program asks for them, or the token is not right any more.
            ConnectionFailed: not now.
            RateLimited: not now.
        """
        batch = await self.look(
            "getUpdates",
            answer_s=wait_s + self._timing.answer_s,
            offset=offset,
            limit=MOST_UPDATES,
            timeout=wait_s,
            allowed_updates=ALLOWED_UPDATES,
        )
        if not isinstance(batch, list):
            raise ConnectionFailed(self.say("no_answer"))
        return batch

    async def download(self, file_id: str) -> AsyncIterator[bytes]:
        """The content of a file, in pieces.

        Raises:
            DeliveryRejected: it cannot be had.
            ConnectionFailed: not now.
        """
        try:
            file = await self.ask(self.bot.get_file(file_id))
        except Refused as error:
            if "too big" in error.words:
                raise
            raise DeliveryRejected(self.say("file_gone")) from error
        path = (file.file_path or "").removeprefix(f"{self._files_url}/")
        if not path:
            raise DeliveryRejected(self.say("file_gone"))
        pieces = self._read if path.startswith("/") else self._fetch
        async for piece in pieces(path):
            yield piece

    async def _fetch(self, path: str) -> AsyncIterator[bytes]:
        timing = self._timing
        timeout = ClientTimeout(total=timing.upload_s, connect=timing.connect_s, sock_read=timing.answer_s)
        try:
            async with self._http.get(
                f"{self._files_url}/{path}", timeout=timeout, allow_redirects=False
            ) as response:
                if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise ConnectionFailed(self.say("server_error", status=response.status))
                if response.status != HTTPStatus.OK:
                    raise DeliveryRejected(self.say("file_gone"))
                async for piece in response.content.iter_chunked(READ_SIZE):
                    yield piece
        except (ClientError, TimeoutError, OSError):
            # The address of a file holds the token.
            raise ConnectionFailed(self.say("file_not_fetched")) from None

    async def _read(self, path: str) -> AsyncIterator[bytes]:
        """A file that a Bot API server of one's own keeps on this machine."""
        try:
            file = await asyncio.to_thread(Path(path).open, "rb")
        except OSError as error:
            raise DeliveryRejected(self.say("file_elsewhere")) from error
        try:
            read: Callable[[int], bytes] = file.read
            while piece := await asyncio.to_thread(read, READ_SIZE):
                yield piece
        finally:
            await asyncio.to_thread(file.close)
