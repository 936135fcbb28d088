"""Twilio's SDK on the bot's own client session; imported late, for it brings the SDK with it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from bot.api import ConnectionFailed, DeliveryUncertain, Wording
from plugins.whatsapp.client import basic
from plugins.whatsapp.faults import Refusal

_JSON = "application/json"
_logger = logging.getLogger("twilio.guichet")


class Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """What carries the SDK's calls: with a time limit, without repeats, and to Twilio alone.

    The SDK's own client has no time limit whatever it is told, and repeats a POST when asked to retry.

    Args:
        http: the session.
        origins: the roots that credentials may be sent to.
        limit: the longest a call may take.
        wording: what errors say.
    """

    def __init__(
        self, http: ClientSession, *, origins: frozenset[str], limit: timedelta, wording: Wording
    ) -> None:
        super().__init__(_logger, is_async=True)
        self._http = http
        self._origins = origins
        seconds = limit.total_seconds()
        self._timeout = ClientTimeout(total=seconds, sock_connect=seconds / 2)
        self._wording = wording

    async def request(  # noqa: PLR0917  # the SDK's signature
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002  # the SDK's; ours is in force
        allow_redirects: bool = False,  # noqa: ARG002  # the SDK's; none are followed
    ) -> Response:
        """Make a call.

        Raises:
            Refusal: Twilio answers with an error.
            ConnectionFailed: nothing was sent.
            DeliveryUncertain: the call may have been carried out.
        """
        if origin_of(uri) not in self._origins:
            raise ConnectionFailed(self._wording("elsewhere"))
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = basic(*auth)
        try:
            async with self._http.request(
                method,
                f"{uri}{query}",
                data=_body(data, sent.get("Content-Type", "")),
                headers=sent,
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise ConnectionFailed(self._wording("unreachable")) from error
        except (ClientError, TimeoutError, OSError) as error:
            raise DeliveryUncertain(self._wording("no_answer")) from error
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise refusal_in(answer.status, content, answer.headers.get("Retry-After", ""))
        if content and object_in(content) is None:
            raise DeliveryUncertain(self._wording("senseless"))
        return Response(answer.status, content.decode(errors="replace"), answer.headers)


def _body(data: Mapping[str, object] | None, content_type: str) -> bytes | None:
    """The body that the SDK means: a JSON text where it says so, else a form."""
    if not data:
        return None
    return msgspec.json.encode(data) if content_type == _JSON else urlencode(data, doseq=True).encode()


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as text that can be compared; empty when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and port else ""


def object_in(content: bytes) -> dict[str, Any] | None:
    """The JSON object that an answer is, or None."""
    try:
        value = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None


def refusal_in(status: int, content: bytes, retry_after: str) -> Refusal:
    """What an answer that is no success says."""
    told = object_in(content) or {}
    code = told.get("code")
    return Refusal(
        status=status,
        code=code if isinstance(code, int) else 0,
        message=str(told.get("message") or told.get("detail") or told.get("title") or f"HTTP {status}"),
        retry_after=timedelta(seconds=float(retry_after)) if retry_after.isdecimal() else None,
    )
