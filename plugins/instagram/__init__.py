"""Instagram Direct: chats with a professional account, through the Graph API."""

from plugins.instagram.plugin import Instagram, create_plugin
from plugins.instagram.settings import Settings

__all__ = ["Instagram", "Settings", "create_plugin"]
