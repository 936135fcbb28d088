"""The web chat's table in config.toml."""

from pydantic import SecretStr

from bot.api import ChannelSettings


class Settings(ChannelSettings):
    """What `[channels.webchat]` may say.

    Attributes:
        desk_key: opens the team rooms; when empty, a key is made once, kept, and logged at each start.
    """

    desk_key: SecretStr = SecretStr("")
