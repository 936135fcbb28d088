"""The machine under the process: its disk and its clock, as a test has them while the process runs.

The test writes the state of the machine to a file, and the launcher puts `Ailing` between the process and
the system, which answers each call by that file. Nothing of the bot is replaced.
"""

import errno
import os
import stat
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

_LOOK_S = 0.005
_CHANGES_NAMES = ("replace", "rename", "unlink", "mkdir", "rmdir", "ftruncate", "link")


class Disk(StrEnum):
    """What a disk does with what is to be written.

    Attributes:
        SOUND: it takes it.
        FULL: it takes half of it, and then refuses with ENOSPC.
        READ_ONLY: it refuses with EROFS, as after the system has found it damaged.
    """

    SOUND = "sound"
    FULL = "full"
    READ_ONLY = "read_only"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How the machine is.

    Attributes:
        disk: what becomes of writes below the data folder.
        sync_s: how long a sync takes; one that has begun ends when this is lowered.
        clock_s: by how much the clock is ahead of the real one.
    """

    disk: Disk = Disk.SOUND
    sync_s: float = 0.0
    clock_s: float = 0.0


class Machine:
    """The state of the machine, in a file that the test writes and the process reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = State()
        self._mark: tuple[int, int] | None = None

    def becomes(self, state: State) -> None:
        """Be so from now on."""
        new = self.path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(state))
        new.replace(self.path)

    def now(self) -> State:
        """How it is; sound while nothing was written."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return self._known
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != self._mark:
            self._known, self._mark = msgspec.json.decode(self.path.read_bytes(), type=State), mark
        return self._known


class Ailing:
    """The system calls of a process on such a machine.

    Args:
        machine: the machine.
        data: the data folder; the disk is ill there and nowhere else.
    """

    def __init__(self, machine: Machine, data: Path) -> None:
        self._machine = machine
        self._data = str(data.absolute())
        self._open, self._write, self._fsync = os.open, os.write, os.fsync
        self._time = time.time
        self._half_written: set[int] = set()

    def take_effect(self) -> None:
        """Stand between this process and the system; to be called before the bot is imported."""
        calls: dict[str, Callable[..., Any]] = {"open": self.open, "write": self.write, "fsync": self.fsync}
        calls |= {name: self._changing(getattr(os, name)) for name in _CHANGES_NAMES}
        for name, call in calls.items():
            setattr(os, name, call)
        import apscheduler.schedulers.base

        import bot.clock

        for module, name, value in (
            (time, "time", lambda: self._time() + self._machine.now().clock_s),
            (bot.clock, "datetime", _Datetime(self._clock)),
            (apscheduler.schedulers.base, "datetime", _Datetime(self._clock)),
        ):
            setattr(module, name, value)

    def open(self, path: Any, flags: int, *more: Any, **named: Any) -> int:
        """Open a file; on a full disk it can be made, and takes nothing."""
        disk = self._machine.now().disk
        if disk is Disk.SOUND or not flags & (os.O_WRONLY | os.O_RDWR) or not self._is_ours(path):
            return self._open(path, flags, *more, **named)
        if disk is Disk.READ_ONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        descriptor = self._open(path, flags, *more, **named)
        full = self._open("/dev/full", os.O_WRONLY)
        os.dup2(full, descriptor, inheritable=False)
        os.close(full)
        return descriptor

    def write(self, descriptor: int, content: Any) -> int:
        """Write to a file that was open before the disk became ill, or to something else."""
        disk = self._machine.now().disk
        if disk is Disk.SOUND or not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return self._write(descriptor, content)
        if disk is Disk.READ_ONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if len(content) > 1 and descriptor not in self._half_written:
            self._half_written.add(descriptor)
            return self._write(descriptor, content[: len(content) // 2])
        self._half_written.discard(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fsync(self, descriptor: int) -> None:
        """Wait for the disk."""
        began = time.monotonic()
        while time.monotonic() - began < self._machine.now().sync_s:
            time.sleep(_LOOK_S)
        self._fsync(descriptor)

    def _changing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A call that changes a folder or the length of a file, as this disk does it."""

        def change(*arguments: Any, **named: Any) -> Any:
            if self._machine.now().disk is Disk.READ_ONLY and self._is_ours(arguments[0]):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))
            return call(*arguments, **named)

        return change

    def _clock(self, zone: Any = None) -> datetime:
        return datetime.now(zone) + timedelta(seconds=self._machine.now().clock_s)

    def _is_ours(self, path: Any) -> bool:
        return isinstance(path, int) or str(Path(path).absolute()).startswith(self._data)


class _Datetime:
    """What a module knows as `datetime`, of which it asks the time alone."""

    def __init__(self, now: Callable[..., datetime]) -> None:
        self.now = now
