"""Rogue: the loopback platform through a plugin that hangs, fails, floods or loses its connection."""

from tests.crash.platforms.rogue.plugin import create_plugin
from tests.crash.platforms.rogue.settings import Settings

__all__ = ["Settings", "create_plugin"]
