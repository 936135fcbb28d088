"""Files by signed link, for platforms that fetch what they send."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from bot.api import MediaFile

PREFIX = "/media/"

_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
# what a browser shows without running anything; SVG can hold scripts
_SHOWN = re.compile(r"(image/(png|jpeg|gif|webp)|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+)")


class SignedMedia(Protocol):
    """The files that the bot holds, as this server needs them."""

    def open_token(self, token: str) -> MediaFile | None:
        """The file a link is for; None: the token is forged, or has expired."""
        ...

    def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        """The file's content, in pieces.

        Raises:
            FileNotFoundError: the file was erased.
        """
        ...


class MediaHandler:
    """Answers `GET /media/<token>`: 403 for a token that is not ours any more, 404 for an erased file."""

    def __init__(self, media: SignedMedia) -> None:
        self._media = media

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Stream the file; to HEAD, its headers only."""
        media = self._media.open_token(request.path.removeprefix(PREFIX))
        if media is None:
            return web.Response(status=403, text="This link has expired, or is not one of ours.\n")
        async with aclosing(_pieces(self._media.read(media))) as pieces:
            try:
                first = await anext(pieces, b"")  # before any header leaves: the file may be gone
            except FileNotFoundError:
                return web.Response(status=404, text="This file was erased.\n")
            response = web.StreamResponse(headers=_headers(media))
            response.content_length = media.size_bytes
            await response.prepare(request)
            if request.method != "HEAD":
                await response.write(first)
                sent = len(first)
                async for piece in pieces:
                    await response.write(piece)
                    sent += len(piece)
                if sent != media.size_bytes:
                    raise EOFError("the file has not the size that was promised")  # the answer is cut short
            await response.write_eof()
            return response


def _headers(media: MediaFile) -> Mapping[str, str]:
    """What a receiver is told of a file; nothing in it can run, or end a header early."""
    mime_type = media.mime_type.lower()
    mime_type = mime_type if _TYPE.fullmatch(mime_type) else "application/octet-stream"
    disposition = "inline" if _SHOWN.fullmatch(mime_type) else "attachment"
    plain_name = re.sub(r"[^A-Za-z0-9._ -]", "_", media.file_name)
    return {
        "Content-Type": mime_type,
        # both forms, as RFC 6266 (appendix D) advises
        "Content-Disposition": (
            f"{disposition}; filename=\"{plain_name}\"; filename*=UTF-8''{quote(media.file_name, safe='')}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


async def _pieces(content: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Make any iterator one that can be closed."""
    async for piece in content:
        yield piece
