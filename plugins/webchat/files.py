"""Files that people send from a page, and files that they see there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

from aiohttp import web

from bot.api import ChatRef, DeliveryRejected, Host, MediaFile, MediaKind
from plugins.webchat.channel import Channel
from plugins.webchat.guards import SAFETY_HEADERS, address_of, refusal
from plugins.webchat.pages import not_found

# What browsers show without running anything in it. All else is only ever saved: an SVG or HTML file
# shown from this address could act as the person who opens it.
_SHOWN_TYPES = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/ogg",
        "audio/wav",
        "audio/x-wav",
        "audio/webm",
        "audio/flac",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "video/quicktime",
    }
)
_UPLOAD_TIME = timedelta(minutes=10)
_READ_SIZE = 64 * 1024


class UploadTooLarge(Exception):
    """A file beyond the limit."""


class UploadEmpty(Exception):
    """A file without content."""


async def answer_upload(request: web.Request, channel: Channel, owner: ChatRef) -> web.Response:
    """Keep an upload for the chat `owner`, and answer with the reference that a message names."""
    address = address_of(request)
    if pause := channel.uploads.pause_left(address):
        return refusal(429, "too_many_files", "Too many files at once; try again soon.", retry_after=pause)
    channel.uploads.record(address)
    try:
        media = await keep_upload(request, channel.host, owner)
    except UploadTooLarge:
        return too_large(channel.host.media_limit_bytes)
    except UploadEmpty:
        return refusal(400, "file_empty", "The file is empty.")
    except (OSError, TimeoutError):
        return refusal(503, "not_kept", "The file could not be kept; try again.")
    return web.json_response({"upload": channel.sessions.seal_upload(owner, media)})


async def keep_upload(request: web.Request, host: Host, owner: ChatRef) -> MediaFile:
    """Keep the file that is the body of `request`; its name is `?name=`, its type the Content-Type.

    Raises:
        UploadTooLarge: it is larger than the host takes.
        UploadEmpty: there is nothing in it.
        OSError: the disk refuses, or the sender stopped.
    """
    limit = host.media_limit_bytes
    if (request.content_length or 0) > limit:
        raise UploadTooLarge
    mime_type = request.content_type.lower()
    name = " ".join(request.query.get("name", "").replace("/", " ").replace("\\", " ").split())[:120]
    try:
        async with asyncio.timeout(_UPLOAD_TIME.total_seconds()):
            return await host.media.save(
                owner,
                _bounded(request, limit),
                kind=kind_of(mime_type),
                file_name=name,
                mime_type=mime_type,
            )
    except DeliveryRejected as error:
        raise UploadTooLarge from error


async def _bounded(request: web.Request, limit: int) -> AsyncIterator[bytes]:
    # A body without a length can only be measured as it comes.
    size = 0
    async for chunk in request.content.iter_chunked(_READ_SIZE):
        size += len(chunk)
        if size > limit:
            raise UploadTooLarge
        yield chunk
    if size == 0:
        raise UploadEmpty


def kind_of(mime_type: str) -> MediaKind:
    """What a file of this type is to the people who see it."""
    if mime_type not in _SHOWN_TYPES:
        return MediaKind.DOCUMENT
    if mime_type == "image/gif":
        return MediaKind.ANIMATION
    kinds = {"image": MediaKind.PHOTO, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
    return kinds[mime_type.partition("/")[0]]


def too_large(limit_bytes: int) -> web.Response:
    """The answer to a file beyond `limit_bytes`."""
    limit = (
        f"{limit_bytes / 1024 / 1024:.0f} MB" if limit_bytes >= 1024 * 1024 else f"{limit_bytes // 1024} kB"
    )
    response = refusal(413, "file_too_large", f"The file is too large: at most {limit} can be sent.")
    # The rest of the body is not read, so this connection cannot carry another request.
    response.force_close()
    return response


async def send_media(request: web.Request, host: Host, media: MediaFile) -> web.StreamResponse:
    """Send a file to a page; what could act in a browser is sent to be saved only."""
    is_shown = media.mime_type in _SHOWN_TYPES
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(None)
    start, stop = _range(asked, media.size_bytes)
    is_part = asked != slice(None, None, 1) and asked != slice(None) and start < stop
    if not is_part:
        start, stop = 0, media.size_bytes
    disposition = "inline" if is_shown else "attachment"
    response = web.StreamResponse(
        status=206 if is_part else 200,
        headers={
            **SAFETY_HEADERS,
            "Content-Type": media.mime_type if is_shown else "application/octet-stream",
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(media.file_name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
            "Accept-Ranges": "bytes",
        },
    )
    if is_part:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{media.size_bytes}"
    response.content_length = stop - start
    chunks = host.media.read(media)
    try:
        chunk = await anext(chunks, b"")  # an erased file shows here, while the answer can still say so
    except FileNotFoundError:
        return not_found()
    await response.prepare(request)
    position = 0
    while chunk and position < stop:
        if wanted := chunk[max(0, start - position) : max(0, stop - position)]:
            await response.write(wanted)
        position += len(chunk)
        chunk = await anext(chunks, b"")
    await response.write_eof()
    return response


def _range(asked: slice, size: int) -> tuple[int, int]:
    """The bytes asked for, as start and stop; browsers ask so to play media."""
    start = asked.start or 0
    if start < 0:
        return max(0, size + start), size
    return start, size if asked.stop is None else min(asked.stop, size)
