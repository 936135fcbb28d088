"""Files that contacts sent, fetched from the platform's own places and from nowhere else."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from aiohttp import ClientError, ClientSession, ClientTimeout, InvalidURL
from yarl import URL

from bot.api import ConnectionFailed, DeliveryRejected, PluginError
from plugins._meta.client import GraphClient
from plugins._meta.conversations import link_of
from plugins._meta.places import IsOurs

READ_SIZE = 64 * 1024
MOST_HOPS = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENDED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_ATTACHMENTS = "attachments{image_data,video_data,file_url}"


class _LinkEnded(DeliveryRejected):
    """The link does not work any more; the platform may give a new one."""


class Downloads:
    """What fetches files.

    Args:
        http: the session that carries the calls.
        client: asked for a new link when one has ended.
        is_ours: whether an address is the platform's own.
        stall_time: how long the platform may send nothing.
    """

    def __init__(
        self, http: ClientSession, client: GraphClient, is_ours: IsOurs, *, stall_time: timedelta
    ) -> None:
        self._http = http
        self._client = client
        self._is_ours = is_ours
        self._say = client.say
        seconds = stall_time.total_seconds()
        self._timeout = ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)

    async def content(self, remote_id: str) -> AsyncIterator[bytes]:
        """The file, in pieces; raises as the contract's `download`.

        Args:
            remote_id: the message, the file's place in it, and its link, as `attachments.remote_id` made it.
        """
        mid, _, rest = remote_id.partition(" ")
        place, _, url = rest.partition(" ")
        if not url:
            raise DeliveryRejected(self._say("file_unknown"))
        is_begun = False
        try:
            async for piece in self._pieces(url):
                is_begun = True
                yield piece
        except _LinkEnded as error:
            if is_begun:
                raise
            fresh = await self._fresh_link(mid, place, error)
            async for piece in self._pieces(fresh):
                yield piece

    async def _pieces(self, url: str) -> AsyncIterator[bytes]:
        for _ in range(MOST_HOPS):
            if not self._is_ours(url):
                raise DeliveryRejected(self._say("file_elsewhere"))
            try:
                # The link is signed as it stands: another encoding of it is another link.
                async with self._http.get(
                    URL(url, encoded=True), timeout=self._timeout, allow_redirects=False
                ) as response:
                    if response.status in _REDIRECTS:
                        url = urljoin(url, response.headers.get("Location", ""))
                        continue
                    if response.status != HTTPStatus.OK:
                        raise self._unavailable(response.status)
                    async for piece in response.content.iter_chunked(READ_SIZE):
                        yield piece
                    return
            # Links are signed, and some of aiohttp's errors hold them: none is passed on.
            except (InvalidURL, ValueError):
                raise DeliveryRejected(self._say("file_address")) from None
            except (ClientError, TimeoutError, OSError):
                raise ConnectionFailed(self._say("file_not_fetched")) from None
        raise DeliveryRejected(self._say("file_circles"))

    async def _fresh_link(self, mid: str, place: str, ended: _LinkEnded) -> str:
        """The link that the platform gives now for the same file."""
        answer = await self._client.ask(mid, fields=_ATTACHMENTS)
        url = _nth_link(answer, place)
        if not url:
            raise ended
        return url

    def _unavailable(self, status: int) -> PluginError:
        if status in _ENDED:
            return _LinkEnded(self._say("file_gone"))
        reason = self._say("file_answered", status=status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return ConnectionFailed(reason)
        return DeliveryRejected(reason)


def _nth_link(answer: Mapping[str, Any], place: str) -> str:
    attachments = answer.get("attachments")
    rows = attachments.get("data") if isinstance(attachments, dict) else None
    if not isinstance(rows, list) or not place.isdecimal() or int(place) >= len(rows):
        return ""
    row = rows[int(place)]
    return link_of(row) if isinstance(row, dict) else ""
