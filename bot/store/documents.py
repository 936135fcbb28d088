"""A plugin's own durable memory: small JSON objects by name."""

import hashlib
import logging
import os
import secrets
import string
from pathlib import Path
from typing import Any

import msgspec

from bot.store.records import encode
from bot.store.storage import TEMPORARY, DurableStorage, make_folder, remove_file
from bot.store.syncing import sync_folder
from bot.store.workers import Workers

_log = logging.getLogger(__name__)

_PLAIN = frozenset(string.ascii_lowercase + string.digits + "_-")
_NAME_BYTES = 180
"""The longest file name made from a name; longer ones are named by digest. File systems allow 255."""


class _Document(msgspec.Struct):
    name: str
    value: dict[str, Any]


class _Tables(msgspec.Struct):
    document: dict[int, _Document]


class DocumentStore:
    """The documents of one channel, one file each; implements `bot.api.Documents`.

    Changes are made one after another, in the order in which they were asked for.

    Args:
        folder: where they lie; nothing else lies there.
        quarantine: where a document goes that was damaged from outside.
        storage: how a file is written.
    """

    def __init__(
        self, folder: Path, *, quarantine: Path | None = None, storage: type[DurableStorage] = DurableStorage
    ) -> None:
        self._folder = folder
        self._quarantine = quarantine or folder.parent / "quarantine"
        self._storage = storage
        # One thread keeps the order of two writes of one name.
        self._workers = Workers("documents", threads=1)

    async def read(self, name: str) -> dict[str, Any] | None:
        """The object, or None.

        Raises:
            OSError: the disk does not give it. One that was damaged from outside is set aside, and is None.
        """
        return await self._workers.run(self._read, name)

    async def write(self, name: str, value: dict[str, Any]) -> None:
        """Replace the object; it is on disk when this returns.

        Raises:
            OSError: the disk refuses; the old object stays.
            TypeError: the object holds what JSON cannot.
        """
        # Encoded here, so that a change the caller makes afterwards is not half in it.
        content = encode({"document": {1: _Document(name, value)}})
        await self._workers.run(self._storage(self._path(name)).write_bytes, content)

    async def delete(self, name: str) -> None:
        """Erase the object, if there is one."""
        await self._workers.run(self._delete, name)

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin with `prefix`, in order."""
        return [name for name in await self._workers.run(self._names) if name.startswith(prefix)]

    async def close(self) -> None:
        """Finish what has begun; nothing may be asked afterwards."""
        await self._workers.close()

    def _path(self, name: str) -> Path:
        return self._folder / f"{_escaped(name)}.json"

    def _read(self, name: str) -> dict[str, Any] | None:
        document = self._document(self._path(name))
        return None if document is None else document.value

    def _document(self, path: Path) -> _Document | None:
        content = self._storage(path).read_bytes()
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=_Tables).document[1]
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
            # What is damaged is kept for people to look at, and must not keep the channel from working.
            aside = self._quarantine / f"{self._folder.name}-{path.stem}-{secrets.token_hex(4)}.json"
            make_folder(self._quarantine)
            path.rename(aside)
            sync_folder(self._folder)
            _log.error("%s could not be read and was set aside as %s: %s", path, aside, error)
            return None

    def _delete(self, name: str) -> None:
        if remove_file(self._path(name)):
            sync_folder(self._folder)

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        names = []
        for file_name in os.listdir(self._folder):  # noqa: PTH208 - names are all that is needed
            if not file_name.endswith(TEMPORARY):
                escaped = file_name.removesuffix(".json")
                names.append(self._long_name(escaped) if escaped.startswith("~") else _unescaped(escaped))
        return sorted(names)

    def _long_name(self, escaped: str) -> str:
        document = self._document(self._folder / f"{escaped}.json")
        return "" if document is None else document.name


def _escaped(name: str) -> str:
    """A file name for any text: no two are equal, also where upper and lower case are one."""
    encoded = name.encode("utf-8", "surrogatepass")
    escaped = "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02x}" for byte in encoded)
    return escaped if len(escaped) <= _NAME_BYTES else f"~{hashlib.sha256(encoded).hexdigest()}"


def _unescaped(escaped: str) -> str:
    head, *rest = escaped.split("%")
    encoded = head.encode() + b"".join(bytes.fromhex(each[:2]) + each[2:].encode() for each in rest)
    return encoded.decode("utf-8", "surrogatepass")
