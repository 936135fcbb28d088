"""Loopback: a platform of our own, whose abilities are settings."""

from tests.platforms.loopback.plugin import LoopbackPlugin, create_plugin
from tests.platforms.loopback.settings import Settings

__all__ = ["LoopbackPlugin", "Settings", "create_plugin"]
