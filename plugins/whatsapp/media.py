"""Files that contacts send: fetched from Twilio with the account's credentials, which go nowhere else."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from bot.api import ConnectionFailed, DeliveryRejected, Wording

_PIECE_BYTES = 64 * 1024
_MOST_REDIRECTS = 5
_OWN_HOST = ".twilio.com"
_NUMERIC = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*\.?", re.IGNORECASE)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAUSES = (timedelta(seconds=1), timedelta(seconds=3))
"""Before the second and third try: a file may not be there for some seconds after its message."""


class PublicResolver(AbstractResolver):
    """Finds the addresses of hosts, and none that only machines beside us can reach."""

    def __init__(self) -> None:
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a host; raises OSError when it has none."""
        found = await self._resolver.resolve(host, port, family)
        public = [each for each in found if is_public(each["host"])]
        if not public:
            raise OSError("the host has no public address")
        return public

    async def close(self) -> None:
        """Let go of everything."""
        await self._resolver.close()


class Fetching:
    """What fetches files.

    Args:
        http: the session for `api_url`'s own host.
        api_url: the root of the API; what its host says is trusted.
        authorization: the header that opens files.
        limit_bytes: the largest file.
        limit: the longest a fetch may be without an answer.
        wording: what errors say.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        http: ClientSession,
        *,
        api_url: str,
        authorization: str,
        limit_bytes: int,
        limit: timedelta,
        wording: Wording,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._own = urlsplit(api_url)
        self._authorization = authorization
        self._limit_bytes = limit_bytes
        seconds = limit.total_seconds()
        self._timeout = ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)
        self._wording = wording
        self._sleep = sleep
        # A session of its own for the rest of the world, which cannot reach this machine's neighbours.
        self._public = ClientSession(
            connector=TCPConnector(resolver=PublicResolver()), cookie_jar=DummyCookieJar()
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._public.close()

    async def content(self, url: str) -> AsyncIterator[bytes]:
        """The content of a file, in pieces.

        Raises:
            DeliveryRejected: it is gone, too large, or not where files are.
            ConnectionFailed: not now.
        """
        if not self._is_twilios(url):
            raise DeliveryRejected(self._wording("file_elsewhere"))
        size = 0
        async with AsyncExitStack() as stack:
            try:
                answer = await self._opened(url, stack)
                if (answer.content_length or 0) > self._limit_bytes:
                    raise self._too_large()
                async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                    size += len(piece)
                    if size > self._limit_bytes:
                        raise self._too_large()
                    yield piece
            except (ClientError, TimeoutError, OSError, ValueError) as error:
                raise ConnectionFailed(self._wording("file_unreachable")) from error

    async def _opened(self, url: str, stack: AsyncExitStack) -> ClientResponse:
        """The answer that has the file, wherever Twilio keeps it."""
        answer = await self._followed(url, stack)
        for pause in _PAUSES:
            if answer.status != HTTPStatus.NOT_FOUND:
                break
            await self._sleep(pause.total_seconds())
            answer = await self._followed(url, stack)
        if answer.status == HTTPStatus.OK:
            return answer
        status = answer.status
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ConnectionFailed(self._wording("file_unreachable"))
        raise DeliveryRejected(self._wording("file_gone", status=status))

    async def _followed(self, url: str, stack: AsyncExitStack) -> ClientResponse:
        # Only the first address sees the credentials: the next are storage that serves anybody.
        headers = {"Authorization": self._authorization}
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await stack.enter_async_context(
                self._session(url).get(url, headers=headers, timeout=self._timeout, allow_redirects=False)
            )
            if answer.status not in _REDIRECTS:
                return answer
            url = urljoin(url, answer.headers.get("Location", ""))
            headers = {}
            answer.release()
            if not self._may_follow(url):
                raise DeliveryRejected(self._wording("file_elsewhere"))
        raise DeliveryRejected(self._wording("file_elsewhere"))

    def _session(self, url: str) -> ClientSession:
        return self._http if self._is_own(url) else self._public

    def _is_twilios(self, url: str) -> bool:
        """Whether the credentials may be shown there: `api_url`'s own root, or Twilio itself."""
        parts = _split(url)
        if parts is None:
            return False
        scheme, host, port = parts
        if _split(self._own.geturl()) == parts:
            return True
        return scheme == "https" and port == 443 and host.endswith(_OWN_HOST)

    def _is_own(self, url: str) -> bool:
        """Whether it is the host of `api_url`, which is trusted wherever it stands."""
        parts = _split(url)
        return parts is not None and parts[1] == self._own.hostname

    def _may_follow(self, url: str) -> bool:
        if self._is_own(url):
            return True
        parts = _split(url)
        # A host that is an address is not resolved, so it is looked at here.
        return (
            parts is not None and parts[0] == "https" and (not _is_address(parts[1]) or is_public(parts[1]))
        )

    def _too_large(self) -> DeliveryRejected:
        megabytes = self._limit_bytes // (1024 * 1024)
        return DeliveryRejected(self._wording("file_too_large", limit=megabytes))


def is_public(address: str) -> bool:
    """Whether an address is one of the whole internet, and not of this machine or its network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    parsed = mapped or parsed
    return parsed.is_global and not parsed.is_multicast


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # A resolver may take 2130706433 or 0x7f.1 for an address, too.
        return bool(_NUMERIC.fullmatch(host))
    return True


def _split(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a web address, or None."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port
