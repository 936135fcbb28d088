"""How the SDK reaches the platform: over the shared client session, with each failure told apart.

The SDK's own transport is slower by far, and its errors do not say whether a call had left.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    InvalidURL,
)
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from plugins.telegram.timing import Timing

_SHORTEST_PAUSE = timedelta(seconds=1)
_UNNAMED_PAUSE = timedelta(seconds=5)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NotReached(NetworkError):
    """No connection came about; nothing was sent."""


class AnswerLost(NetworkError):
    """The call had left, and no answer came that makes sense."""


class ServerFailed(NetworkError):
    """The platform answered with an error of its own.

    Attributes:
        status: the HTTP status, 500 or more.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the platform answered {status}")
        self.status = status


class TurnedAway(NetworkError):
    """Something before the platform refused the call, in no words of the platform's.

    Attributes:
        status: the HTTP status, from 300 to 499.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the platform answered {status}")
        self.status = status


class Limited(NetworkError):
    """The platform asks for a pause; the SDK's own error for it warns each time that it is made.

    Attributes:
        pause: how long.
    """

    def __init__(self, pause: timedelta) -> None:
        super().__init__("the platform asks for a pause")
        self.pause = pause


class SessionRequest(BaseRequest):
    """The SDK's transport.

    Args:
        http: the session; it is not closed here.
        timing: time limits.
    """

    def __init__(self, http: ClientSession, timing: Timing) -> None:
        self._http = http
        self._timing = timing

    @property
    def read_timeout(self) -> float:
        """Seconds; the SDK adds to it how long the platform is asked to wait."""
        return self._timing.answer_s

    async def initialize(self) -> None:
        """Nothing: the session is open."""

    async def shutdown(self) -> None:
        """Nothing: the session is not ours."""

    async def do_request(  # noqa: PLR0917  # the SDK's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call.

        Returns:
            The status, below 500, and the body.

        Raises:
            NotReached: nothing was sent.
            AnswerLost: it may have been carried out.
            ServerFailed: the platform failed.
            Limited: the platform asks for a pause.
            TurnedAway: a proxy refused it.
        """
        del write_timeout, connect_timeout, pool_timeout
        timing = self._timing
        has_files = request_data is not None and request_data.contains_files
        answer_s = timing.upload_s if has_files else timing.answer_s
        if isinstance(read_timeout, int | float):
            answer_s = max(answer_s, read_timeout)
        timeout = ClientTimeout(
            total=timing.connect_s + answer_s, connect=timing.connect_s, sock_read=answer_s
        )
        try:
            async with self._http.request(
                method,
                url,
                data=_body(request_data),
                headers=None if has_files or request_data is None else _FORM,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                content = await response.read()
        # The errors of the session name the address, and the address holds the token.
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL):
            raise NotReached("the platform cannot be reached") from None
        except (ClientError, TimeoutError, OSError):
            raise AnswerLost("the platform did not answer") from None
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerFailed(response.status)
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Limited(_pause(response.headers.get("Retry-After", ""), content))
        if response.status >= HTTPStatus.MULTIPLE_CHOICES and not content.lstrip().startswith(b"{"):
            raise TurnedAway(response.status)
        return response.status, content

    async def call(self, url: str, parameters: Mapping[str, Any], *, answer_s: float | None = None) -> Any:
        """Make a call whose result is used as it came; raises as the SDK's methods do.

        The SDK refuses an answer, and a whole batch of updates, for one value that it does not understand.
        """
        data = cast("RequestData", _Parameters(parameters))
        return await self.post(url, data, read_timeout=answer_s)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; the SDK's own reader logs what it cannot read, and people's words with it."""
        try:
            answer = msgspec.json.decode(payload)
        except msgspec.DecodeError:
            answer = None
        if not isinstance(answer, dict) or not ("result" in answer or "description" in answer):
            raise AnswerLost("the platform's answer makes no sense")
        return answer


def _pause(header: str, content: bytes) -> timedelta:
    """The pause that an answer asks for: https://core.telegram.org/bots/api#responseparameters."""
    try:
        seconds = msgspec.json.decode(content)["parameters"]["retry_after"]
    except (msgspec.DecodeError, KeyError, TypeError):
        seconds = header
    try:
        return max(timedelta(seconds=float(seconds)), _SHORTEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return _UNNAMED_PAUSE


class _Parameters:
    """What `SessionRequest.do_request` asks of the SDK's `RequestData`."""

    contains_files = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.json_parameters = {
            name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
            for name, value in parameters.items()
            if value is not None
        }


def _body(data: RequestData | None) -> bytes | FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return urlencode(data.json_parameters).encode()
    # Quoted names would be shown as they are: caf%C3%A9.pdf.
    form = FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime_type) in data.multipart_data.items():
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=mime_type)
    return form
