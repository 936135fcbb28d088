"""The calls of the loopback platform; every error that leaves here is the bot's own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)

from bot.api import (
    ChatGone,
    ChatMoved,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    DeliveryUncertain,
    PluginError,
    RateLimited,
    ThreadGone,
)

READ_SIZE = 64 * 1024


class Refused(DeliveryRejected):
    """A refusal with the platform's own word for it.

    Attributes:
        word: the `error` of the answer.
    """

    def __init__(self, reason: str, *, word: str) -> None:
        super().__init__(reason)
        self.word = word


class LoopbackClient:
    """The platform's API.

    Args:
        http: the session that carries the calls.
        api_url: the root of the platform's server.
        token: what calls are authorised with.
        timeout_s: how long a call may take.
    """

    def __init__(self, http: ClientSession, *, api_url: str, token: str, timeout_s: float) -> None:
        self._http = http
        self._root = f"{api_url}/api"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = ClientTimeout(total=timeout_s, sock_connect=timeout_s)

    async def ask(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a call that shows nothing to anybody, so that a broken one may be repeated."""
        try:
            return await self.act(method, body)
        except DeliveryUncertain as error:
            raise ConnectionFailed(str(error)) from error

    async def act(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a call that people may see, so that a broken one is uncertain."""
        return await self._post(f"{self._root}/{method}", msgspec.json.encode(body))

    async def upload(self, content: bytes, *, file_name: str) -> str:
        """Put a file on the platform and return its id."""
        try:
            return id_in(await self._post(f"{self._root}/upload", BytesIO(content), name=file_name), "file")
        except DeliveryUncertain as error:
            raise ConnectionFailed(str(error)) from error

    async def download(self, file: str) -> AsyncIterator[bytes]:
        """The content of a file, in pieces."""
        try:
            async with self._http.get(
                f"{self._root}/files/{file}",
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise _failure(response.status, await response.read())
                async for piece in response.content.iter_chunked(READ_SIZE):
                    yield piece
        except (ClientError, TimeoutError) as error:
            raise ConnectionFailed("the file could not be fetched") from error

    async def _post(self, url: str, data: bytes | BytesIO, **query: str) -> dict[str, Any]:
        try:
            async with self._http.post(
                url,
                data=data,
                params=query or None,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                content = await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise ConnectionFailed("the platform cannot be reached") from error
        except (ClientError, TimeoutError) as error:
            raise DeliveryUncertain("the platform did not answer") from error
        if response.status != HTTPStatus.OK:
            raise _failure(response.status, content)
        try:
            answer = msgspec.json.decode(content)
        except msgspec.DecodeError as error:
            raise DeliveryUncertain("the platform's answer makes no sense") from error
        if not isinstance(answer, dict):
            raise DeliveryUncertain("the platform's answer makes no sense")
        return answer


def id_in(answer: dict[str, Any], name: str) -> str:
    """An id that an answer must hold.

    Raises:
        DeliveryUncertain: it does not, so nobody knows what became of the call.
    """
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise DeliveryUncertain(f"the platform's answer names no {name}")
    return value


def _failure(status: int, content: bytes) -> PluginError:
    """What an answer other than 200 means."""
    try:
        answer = msgspec.json.decode(content)
        word, detail = str(answer["error"]), str(answer["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return ConnectionFailed(f"the platform answered {status}")
    match status, word:
        case 401, _:
            return ConfigurationError(f"the token is refused: {detail}")
        case 429, _:
            return RateLimited(
                detail,
                retry_after=timedelta(seconds=float(answer["retry_after"])),
                whole_channel=bool(answer.get("whole_channel", False)),
            )
        case 403, "chat_gone":
            return ChatGone(detail)
        case 404, "thread_gone":
            return ThreadGone(detail)
        case 409, "chat_moved":
            return ChatMoved(detail, new_chat_id=str(answer["new_chat"]))
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ConnectionFailed(f"the platform answered {status}: {detail}")
        case _:
            return Refused(detail, word=word)
