"""The files of messages: received in pieces, kept beside the records, and read in pieces."""

import os
import re
import secrets
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.api import DeliveryRejected, MediaFile, MediaKind
from bot.store.folder import DataFolder, shard_of
from bot.store.sniffing import SNIFFED_BYTES, extension_of, sniffed
from bot.store.storage import make_folder, write_all
from bot.store.syncing import sync_folder
from bot.store.tokens import MediaTokens, read_secret
from bot.store.workers import Workers

_PIECE_BYTES = 256 * 1024
_NAME_LENGTH = 120
_MEDIA_ID = re.compile(r"(?P<record_id>[a-z0-9_-]+)/(?P<name>[0-9a-f]{32}\.[a-z0-9]{1,5})")


class MediaStore:
    """All files of messages; a file belongs to one record, and is erased with it.

    Args:
        data: the data folder.
        clock: the time, for links.
    """

    def __init__(self, data: Path, *, clock: Callable[[], datetime]) -> None:
        self._folder = DataFolder(data)
        self._clock = clock
        # Threads of its own: a large file must not make a commit wait.
        self._workers = Workers("media", threads=4)
        self._tokens: MediaTokens | None = None

    async def open(self) -> None:
        """Read the key of the links, or make one.

        Raises:
            OSError: it can be neither read nor made.
        """
        secret = await self._workers.run(read_secret, self._folder.root / "secret.key")
        self._tokens = MediaTokens(secret, self._clock)

    async def close(self) -> None:
        """Finish what has begun; nothing may be asked afterwards."""
        await self._workers.close()

    async def save(
        self,
        owner: str,
        chunks: AsyncIterator[bytes],
        *,
        kind: MediaKind,
        file_name: str,
        mime_type: str,
        limit_bytes: int,
    ) -> MediaFile:
        """Keep a file; it is on disk when this returns, and nothing of it is when this raises.

        Args:
            owner: the id of the record it belongs to.
            chunks: the content.
            kind: what it is to people.
            file_name: as the sender named it; may be empty, and is made safe.
            mime_type: as the sender says; the content decides.
            limit_bytes: the largest size that is kept.

        Raises:
            DeliveryRejected: it is empty, or larger than `limit_bytes`.
            OSError: the disk refuses.
        """
        shard_of(owner)
        arriving = _Arriving(self._folder.arriving / secrets.token_hex(16))
        try:
            head, size_bytes = await self._receive(arriving, chunks, limit_bytes)
            found = sniffed(head, mime_type)
            name = f"{secrets.token_hex(16)}.{extension_of(found)}"
            await self._workers.run(arriving.keep, self._folder.media_of(owner) / name)
        except BaseException:
            await self._workers.run(arriving.discard)
            raise
        return MediaFile(
            kind=kind,
            media_id=f"{owner}/{name}",
            file_name=_safe_name(file_name) or f"{kind.value}.{extension_of(found)}",
            mime_type=found,
            size_bytes=size_bytes,
        )

    async def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        """The file's content, in pieces.

        Raises:
            FileNotFoundError: the file was erased, or there never was one of that name.
        """
        path = self._path(media.media_id)
        offset = 0
        # Opened for each piece: a slow reader holds no file open, and an erased file ends at once.
        while piece := await self._workers.run(_piece_of, path, offset):
            offset += len(piece)
            yield piece

    def token(self, media: MediaFile) -> str:
        """A text, safe in a URL, that stands for the file for a day."""
        return self._opened_tokens().token(media)

    def open_token(self, token: str) -> MediaFile | None:
        """The file that a token stands for; None when it is forged or has expired."""
        return self._opened_tokens().open_token(token)

    async def _receive(
        self, arriving: "_Arriving", chunks: AsyncIterator[bytes], limit_bytes: int
    ) -> tuple[bytes, int]:
        head = b""
        size_bytes = 0
        piece = bytearray()
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise DeliveryRejected(f"the file is larger than {_spoken(limit_bytes)}")
            piece += chunk
            if len(piece) >= _PIECE_BYTES:
                head = head or bytes(piece[:SNIFFED_BYTES])
                await self._workers.run(arriving.write, bytes(piece))
                piece.clear()
        head = head or bytes(piece[:SNIFFED_BYTES])
        await self._workers.run(arriving.write, bytes(piece))
        if size_bytes == 0:
            raise DeliveryRejected("the file is empty")
        return head, size_bytes

    def _path(self, media_id: str) -> Path:
        match = _MEDIA_ID.fullmatch(media_id)
        if match is None:
            raise FileNotFoundError(f"{media_id!r} is no name of a file that we hold")
        try:
            return self._folder.media_of(match["record_id"]) / match["name"]
        except ValueError as error:
            raise FileNotFoundError(str(error)) from error

    def _opened_tokens(self) -> MediaTokens:
        assert self._tokens is not None, "the media store was not opened"
        return self._tokens


class _Arriving:
    """A file that is still being received; every method blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def write(self, content: bytes) -> None:
        if self._descriptor < 0:
            make_folder(self._path.parent)
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        write_all(self._descriptor, content)

    def keep(self, target: Path) -> None:
        os.fsync(self._descriptor)
        self._close()
        make_folder(target.parent)
        self._path.replace(target)
        sync_folder(target.parent)

    def discard(self) -> None:
        self._close()
        # What cannot be removed now is removed at the next start.
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _piece_of(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_PIECE_BYTES)


def _spoken(size_bytes: int) -> str:
    megabytes = size_bytes / (1024 * 1024)
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{size_bytes} bytes"


def _safe_name(file_name: str) -> str:
    """A name for people that cannot be a path, hide its end, or break a header line."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    # Control and format characters: line ends, and the marks that show a name backwards.
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip(" .")
    stem, dot, extension = shown.rpartition(".")
    if len(shown) > _NAME_LENGTH and dot and len(extension) < 10:
        return f"{stem[: _NAME_LENGTH - len(extension) - 1]}.{extension}"
    return shown[:_NAME_LENGTH]
