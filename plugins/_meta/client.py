"""The calls of the Graph API on the shared session; every error that leaves here is the bot's own."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
)

from bot.api import ConnectionFailed, DeliveryUncertain, Wording
from plugins._meta.failures import failure
from plugins._meta.usage import Usage

ANSWER_LIMIT_BYTES = 8 * 1024 * 1024
VERSION_HEADER = "facebook-api-version"


class GraphClient:
    """One account's way to the API.

    Args:
        http: the session that carries the calls.
        root: the address of the API, version included.
        token: authorises the calls.
        app_secret: proves that they are the app's own.
        usage: told what the answers say of the allowance.
        call_time: how long a call may take.
        upload_time: how long an upload may take.
        say: the words for people.

    Attributes:
        say: as given.
        served_version: the version that answered last, as the platform says; empty where it does not.
    """

    def __init__(
        self,
        http: ClientSession,
        *,
        root: str,
        token: str,
        app_secret: str,
        usage: Usage,
        call_time: timedelta,
        upload_time: timedelta,
        say: Wording,
    ) -> None:
        self.say = say
        self.served_version = ""
        self._http = http
        self._root = root
        self._token = token
        self._app_secret = app_secret
        self._usage = usage
        seconds = call_time.total_seconds()
        self._timeout = ClientTimeout(total=seconds, sock_connect=seconds)
        self._upload_timeout = ClientTimeout(total=upload_time.total_seconds(), sock_connect=seconds)
        # pymessenger brings a second HTTP library with it, which no channel that is off should pay for.
        from plugins._meta.graph_bot import GraphBot

        self.bot = GraphBot(token, app_secret=app_secret, root=root, post=self._post)

    async def send(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Send something that people see, so that a broken call is uncertain.

        Raises:
            PluginError: as the contract's `send`.
        """
        return await self.bot.send_raw(payload)

    async def ask(self, path: str, **parameters: str) -> dict[str, Any]:
        """Read something; a broken call may be repeated.

        Raises:
            PluginError: as the contract's `send`, but never `DeliveryUncertain`.
        """
        return await self._harmless("GET", path, parameters)

    async def change(self, path: str, **parameters: str) -> dict[str, Any]:
        """Change something that nobody sees and that may be done twice; raises as `ask`."""
        return await self._harmless("POST", path, parameters)

    async def ask_as_app(self, path: str, app_id: str, **parameters: str) -> dict[str, Any]:
        """Read something that only the app itself may, not the account; raises as `ask`."""
        token = {"access_token": f"{app_id}|{self._app_secret}"}
        return await self._harmless("GET", path, parameters | token)

    async def upload(
        self, content: AsyncIterator[bytes], *, wire_type: str, file_name: str, mime_type: str, platform: str
    ) -> str:
        """Put a file on the platform, for one later message (Messenger Platform, Attachment Upload API).

        Returns:
            The attachment's id. Raises as `ask`.
        """
        message = {"attachment": {"type": wire_type, "payload": {"is_reusable": True}}}
        form = FormData()
        form.add_field("message", msgspec.json.encode(message).decode())
        form.add_field("platform", platform)
        whole = BytesIO(b"".join([piece async for piece in content]))
        form.add_field("filedata", whole, filename=file_name, content_type=mime_type)
        try:
            answer = await self._call(
                "POST",
                f"{self._root}/me/message_attachments",
                self._auth,
                data=form,
                timeout=self._upload_timeout,
            )
            return self.id_in(answer, "attachment_id")
        except DeliveryUncertain as error:
            raise ConnectionFailed(str(error)) from error

    def id_in(self, answer: Mapping[str, Any], name: str) -> str:
        """An id that an answer must hold.

        Raises:
            DeliveryUncertain: it does not, so nobody knows what became of the call.
        """
        value = answer.get(name)
        if not isinstance(value, str) or not value:
            raise DeliveryUncertain(self.say("no_id", name=name))
        return value

    @property
    def _auth(self) -> dict[str, str]:
        auth: dict[str, str] = self.bot.auth_args
        return auth

    async def _harmless(self, method: str, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        auth = {} if "access_token" in parameters else self._auth
        try:
            return await self._call(method, f"{self._root}/{path}", {**auth, **parameters})
        except DeliveryUncertain as error:
            raise ConnectionFailed(str(error)) from error

    async def _post(self, url: str, auth: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        # The platform fetches a file before it answers.
        is_heavy = "attachment" in (body.get("message") or {})
        timeout = self._upload_timeout if is_heavy else self._timeout
        return await self._call("POST", url, auth, json=body, timeout=timeout)

    async def _call(
        self,
        method: str,
        url: str,
        parameters: Mapping[str, str],
        *,
        json: Mapping[str, Any] | None = None,
        data: FormData | None = None,
        timeout: ClientTimeout | None = None,  # noqa: ASYNC109  # aiohttp's own limit, per stage
    ) -> dict[str, Any]:
        body = None if json is None else BytesIO(msgspec.json.encode(json))
        headers = None if json is None else {"Content-Type": "application/json"}
        try:
            async with self._http.request(
                method,
                url,
                params=parameters,
                data=body if data is None else data,
                headers=headers,
                timeout=timeout or self._timeout,
                allow_redirects=False,
            ) as response:
                content = await _content(response)
        # The parameters hold the token, and some of aiohttp's errors their address: none is passed on.
        except (ClientConnectorError, ConnectionTimeoutError):
            raise ConnectionFailed(self.say("unreachable")) from None
        except (ClientError, TimeoutError, OSError):
            raise DeliveryUncertain(self.say("no_answer")) from None
        self.served_version = response.headers.get(VERSION_HEADER, self.served_version)
        if response.status != HTTPStatus.OK:
            raise failure(response.status, content, response.headers, secret=self._token, say=self.say)
        self._usage.note(response.headers)
        return self._answer(response, content)

    def _answer(self, response: ClientResponse, content: bytes) -> dict[str, Any]:
        try:
            answer = msgspec.json.decode(content)
        except msgspec.DecodeError:
            raise DeliveryUncertain(self.say("senseless")) from None
        if not isinstance(answer, dict):
            raise DeliveryUncertain(self.say("senseless"))
        if "error" in answer:
            raise failure(response.status, content, response.headers, secret=self._token, say=self.say)
        return answer


async def _content(response: ClientResponse) -> bytes:
    """The body, unless it is far larger than any answer."""
    content = bytearray()
    async for piece in response.content.iter_any():
        content += piece
        if len(content) > ANSWER_LIMIT_BYTES:
            raise ClientError
    return bytes(content)
