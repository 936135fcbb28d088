"""Messenger: chats with a Facebook page, through the Graph API."""

from plugins.messenger.plugin import Messenger, create_plugin
from plugins.messenger.settings import Settings

__all__ = ["Messenger", "Settings", "create_plugin"]
