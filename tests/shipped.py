"""The config.toml that is shipped; an admin's own changes to it are no failure of the tests."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATH = ROOT / "config.toml"


def _was_edited() -> bool:
    """Whether git knows another config.toml than the one that lies here; without git it is taken as it is."""
    command = ["git", "-C", str(ROOT), "diff", "--quiet", "HEAD", "--", "config.toml"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 1
    except OSError:
        return False


needs_shipped = pytest.mark.skipif(
    _was_edited(), reason="config.toml was edited here; this is about the one that is shipped"
)
"""For tests of the shipped file: CI runs them on what is committed."""
