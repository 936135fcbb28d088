"""The web chat's table in config.toml."""

import re
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from bot.api import ChannelSettings

# What stands here goes into a header, so it is an origin and nothing else.
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


def _checked_origin(site: str) -> str:
    origin = site.strip().removesuffix("/").lower()
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f'{site!r} is no site; write "https://www.example.com", without a path')
    return origin


class Settings(ChannelSettings):
    """What `[channels.webchat]` may say.

    Attributes:
        desk_key: opens the team rooms; when empty, a key is made once, kept, and logged at each start.
        sites: the sites that may show the contact's page in a frame, as origins; `https://*.example.com`
            stands for all names below.
    """

    desk_key: SecretStr = SecretStr("")
    sites: tuple[Annotated[str, AfterValidator(_checked_origin)], ...] = ()
