"""A Telegram bot's table in config.toml."""

import re
from typing import Literal

from pydantic import SecretStr, field_validator

from bot.api import ChannelSettings

OFFICIAL_API_URL = "https://api.telegram.org"


class Settings(ChannelSettings):
    """What `[channels.telegram]` may say.

    Attributes:
        token: what @BotFather gave.
        mode: `polling` asks the platform for messages; `webhook` is called by it, at `server.public_url`.
        api_url: the root of the Bot API; methods are at `<api_url>/bot<token>/<method>`, files at
            `<api_url>/file/bot<token>/…`.
    """

    needed = ("token",)

    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    api_url: str = OFFICIAL_API_URL

    def address_fault(self, chat_id: str) -> str:
        """A chat is named by its number, which a group's begins with a minus sign."""
        if re.fullmatch(r"-?[0-9]{1,20}", chat_id):
            return ""
        return "this is no number of a chat; write the one that the inbox shows once the bot is in the group"

    @field_validator("api_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        root = value.strip().rstrip("/")
        if not root.startswith(("http://", "https://")):
            raise ValueError(f"it is no address of a server; write one like {OFFICIAL_API_URL}")
        return root
