"""Folders that are held open."""

import os
import shutil
from pathlib import Path

import pytest

from bot.store import DurableStorage
from bot.store.syncing import OpenFolders


def _descriptors() -> set[int]:
    return {int(name) for name in os.listdir("/proc/self/fd")}  # noqa: PTH208 - names are all that is needed


def test_a_folder_is_opened_once_and_let_go_in_the_end(tmp_path: Path) -> None:
    """Many writes in a few folders hold one descriptor for each folder, until all are let go."""
    before = _descriptors()
    folders = OpenFolders()
    for number in range(60):
        path = tmp_path / f"{number % 3}" / f"{number}.json"
        DurableStorage(path, folders).write({"record": {1: {"number": number}}})
        assert DurableStorage(path).read() == {"record": {"1": {"number": number}}}
    assert len(_descriptors() - before) == 3
    folders.close()
    assert _descriptors() == before


def test_a_folder_that_was_replaced_is_written_in(tmp_path: Path) -> None:
    """A folder that somebody took away is made anew, and what is written then lies in the new one."""
    folders = OpenFolders()
    path = tmp_path / "shard" / "record.json"
    DurableStorage(path, folders).write({"record": {1: {}}})
    shutil.rmtree(path.parent)
    DurableStorage(path, folders).write({"record": {2: {}}})
    assert DurableStorage(path).read() == {"record": {"2": {}}}
    DurableStorage(path, folders).write({"record": {3: {}}})
    assert DurableStorage(path).read() == {"record": {"3": {}}}
    folders.close()


def test_more_folders_than_may_be_held(tmp_path: Path) -> None:
    """Beyond what may be held open, folders are opened for each write, and nothing else differs."""
    before = _descriptors()
    folders = OpenFolders(most=2)
    for number in range(5):
        for _ in range(2):
            DurableStorage(tmp_path / f"{number}" / "record.json", folders).write({"record": {number: {}}})
    assert len(_descriptors() - before) == 2
    folders.close()
    assert _descriptors() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder that cannot be opened is refused, as by the system."""
    folders = OpenFolders()
    with pytest.raises(FileNotFoundError):
        folders.sync(str(tmp_path / "none"))
    folders.close()
