"""The web chat: a small platform of its own, with a contact's page and team rooms."""

from plugins.webchat.plugin import WebChat, create_plugin
from plugins.webchat.settings import Settings

__all__ = ["Settings", "WebChat", "create_plugin"]
