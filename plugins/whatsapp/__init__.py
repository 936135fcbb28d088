"""WhatsApp through Twilio: contacts write to one number, and a team answers from wherever it is."""

from plugins.whatsapp.plugin import WhatsApp, create_plugin
from plugins.whatsapp.settings import Settings

__all__ = ["Settings", "WhatsApp", "create_plugin"]
