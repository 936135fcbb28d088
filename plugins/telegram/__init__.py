"""Telegram: contacts in private chats and business accounts, teams in groups with topics."""

from plugins.telegram.plugin import Telegram, create_plugin
from plugins.telegram.settings import Settings
from plugins.telegram.timing import Timing

__all__ = ["Settings", "Telegram", "Timing", "create_plugin"]
