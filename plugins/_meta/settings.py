"""The keys that the tables of these platforms share in config.toml."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, StringConstraints

from bot.api import ChannelSettings


def _root(value: str) -> str:
    """An address without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError('write the root of the API, as in "https://graph.facebook.com"')
    return value.rstrip("/")


def _digits(value: str) -> str:
    """An id without white space around it."""
    if not re.fullmatch(r"[0-9]*", value.strip()):
        raise ValueError("this is no id; write the digits that the developer console shows, not a name")
    return value.strip()


AccountId = Annotated[str, AfterValidator(_digits)]
"""An id as the developer console shows it; empty until it is filled in."""


class GraphSettings(ChannelSettings):
    """What the table of a channel behind the Graph API may say.

    Attributes:
        page_token: authorises every call; of the page, or of the account where it logs in by itself.
        app_secret: signs the webhooks, and proves that calls are the app's own.
        verify_token: what the developer console shows when it asks for the webhook.
        human_agent: the app may let a person answer for 7 days.
        api_url: the root of the API, without its version.
        api_version: the version of the API, as in `v25.0`.
    """

    page_token: SecretStr = SecretStr("")
    app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    human_agent: bool = False
    api_url: Annotated[str, AfterValidator(_root)] = "https://graph.facebook.com"
    api_version: Annotated[str, StringConstraints(pattern=r"^v[0-9]+\.[0-9]+$")] = "v25.0"

    @property
    def account(self) -> str:
        """The id of the account that this channel is."""
        raise NotImplementedError
