"""The data folder: where each thing lies, what is swept at start, and what is set aside."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.model import HOUSE
from bot.store.storage import TEMPORARY, make_folder
from bot.store.syncing import sync_folder

_RECORD_ID = re.compile(r"[a-z0-9_-]+-[0-9a-f]{16}")


def shard_of(record_id: str) -> str:
    """The folder, by two hexadecimal digits, that a record's files lie in.

    Raises:
        ValueError: `record_id` is none, and must not become part of a path.
    """
    if record_id == HOUSE:
        return HOUSE
    if _RECORD_ID.fullmatch(record_id) is None:
        raise ValueError(f"{record_id!r} is no record id")
    return record_id[-16:-14]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A file that was set aside: where it is now, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The places in one data folder."""

    root: Path

    @property
    def contacts(self) -> Path:
        """The contacts' records."""
        return self.root / "contacts"

    @property
    def archive(self) -> Path:
        """The older parts of long records."""
        return self.root / "archive"

    @property
    def media(self) -> Path:
        """The files of messages."""
        return self.root / "media"

    @property
    def arriving(self) -> Path:
        """Files of messages that are still being received."""
        return self.root / "media" / "arriving"

    @property
    def quarantine(self) -> Path:
        """Files that could not be read."""
        return self.root / "quarantine"

    @property
    def plugins(self) -> Path:
        """The plugins' own documents, a folder for each channel."""
        return self.root / "plugins"

    def record(self, record_id: str) -> Path:
        """The file of a record."""
        return Path(self.record_path(record_id))

    def record_path(self, record_id: str) -> str:
        """The same as text, for what happens at every write: a `Path` costs several times as much."""
        if record_id == HOUSE:
            return f"{self.root}/state.json"
        return f"{self.root}/contacts/{shard_of(record_id)}/{record_id}.json"

    def archived(self, record_id: str, part: str) -> Path:
        """The file of one part of a record's archive."""
        return self.archive / shard_of(record_id) / f"{record_id}-{part}.json"

    def archives(self, record_id: str) -> list[Path]:
        """The files of a record's archive, oldest part first."""
        prefix = f"{record_id}-"
        with suppress(FileNotFoundError):
            names = os.listdir(self.archive / shard_of(record_id))  # noqa: PTH208 - names are all that is needed
            parts = [name for name in names if name.startswith(prefix) and name.endswith(".json")]
            parts.sort(key=lambda name: (len(name), name))
            return [self.archived(record_id, name[len(prefix) : -len(".json")]) for name in parts]
        return []

    def media_of(self, record_id: str) -> Path:
        """The folder of the files of one record's messages."""
        return self.media / shard_of(record_id) / record_id

    def shards(self) -> list[Path]:
        """The folders that records lie in."""
        return sorted(path for path in self.contacts.iterdir() if path.is_dir())

    def prepare(self) -> None:
        """Make the folders, and remove what a crash left half written."""
        for folder in (self.contacts, self.archive, self.arriving, self.quarantine, self.plugins):
            make_folder(folder)
        for leftover in self._leftovers():
            leftover.unlink(missing_ok=True)

    def _leftovers(self) -> Iterator[Path]:
        yield from self.arriving.iterdir()
        folders = [self.root]
        for parent in (self.contacts, self.archive, self.plugins):
            folders += (path for path in parent.iterdir() if path.is_dir())
        for folder in folders:
            # By name alone: there may be a hundred thousand, and few or none are left over.
            names = os.listdir(folder)  # noqa: PTH208 - as above
            yield from (folder / name for name in names if name.endswith(TEMPORARY))

    def set_aside(self, path: Path, reason: str) -> Quarantined:
        """Move a file to the quarantine, byte for byte, with the reason in a file beside it.

        Nothing is raised: a file that cannot even be moved stays where it is.
        """
        number = 0
        while (target := self.quarantine / f"{path.stem}.{number}{path.suffix}").exists():
            number += 1
        try:
            path.replace(target)
        except OSError as error:
            return Quarantined(path=path, reason=f"{reason}; and it cannot be moved: {error.strerror}")
        # The reason is a courtesy: a full disk must not keep the others from being read.
        with suppress(OSError):
            sync_folder(path.parent)
            sync_folder(self.quarantine)
            target.with_suffix(".reason.txt").write_text(f"{path.name}: {reason}\n", encoding="utf-8")
        return Quarantined(path=target, reason=reason)

    def quarantined(self, record_id: str) -> list[Path]:
        """The files of a record that were set aside, with their reasons."""
        with suppress(FileNotFoundError):
            names = sorted(self.quarantine.iterdir())
            return [path for path in names if path.name.startswith((f"{record_id}.", f"{record_id}-"))]
        return []
