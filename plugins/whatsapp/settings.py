"""The table of a WhatsApp channel in config.toml."""

import re
from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, model_validator

from bot.api import ChannelSettings

API_URL = "https://api.twilio.com"
WAKE = "wake"
"""The name of the wake template among the templates, when it has no other."""

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SCOPED_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z._-]{1,128}")
_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}")
_SPACING = re.compile(r"[\s().-]")


def _read_account(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise ValueError("this is no Account SID; write the AC… of the console's first page")
    return value


def _read_number(value: str) -> str:
    number = _SPACING.sub("", value.removeprefix("whatsapp:"))
    if not _NUMBER.fullmatch(number):
        raise ValueError("this is no international number; write it with + and the country: +33612345678")
    return number


def _read_content(value: str) -> str:
    if value and not _CONTENT.fullmatch(value):
        raise ValueError("this is no Content SID; write the HX… of the template, or leave it empty")
    return value


def _read_api_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"this is no web address; write {API_URL}, or leave the key out")
    return value.rstrip("/")


Content = Annotated[str, AfterValidator(_read_content)]
"""The SID of a content template, or empty."""


class Settings(ChannelSettings):
    """What `[channels.whatsapp]` may say.

    Attributes:
        account_sid: the Twilio account.
        auth_token: its primary token, which also signs the webhooks.
        number: the WhatsApp sender that contacts write to, in E.164.
        wake_template: the template that asks a sleeping member to write in: its SID, or its name in
            `templates`; or empty.
        menu_content: a quick-reply or list-picker template that shows a menu as buttons; or empty.
        templates: the SIDs of approved templates by the name that teams use.
        api_url: the root of the platform's API, without a slash at the end.
    """

    account_sid: Annotated[str, AfterValidator(_read_account)]
    auth_token: SecretStr
    number: Annotated[str, AfterValidator(_read_number)]
    wake_template: str = ""
    menu_content: Content = ""
    templates: Mapping[Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,64}$")], Content] = {}
    api_url: Annotated[str, AfterValidator(_read_api_url)] = API_URL

    @model_validator(mode="after")
    def _can_be_reached(self, info: ValidationInfo) -> Self:
        """Refuse a channel that Twilio could not deliver to, where config.toml as a whole is known."""
        context = info.context or {}
        if self.enabled and context.get("public_url") == "":
            raise ValueError(
                "the channel needs server.public_url; write https://… as the platforms reach this server"
            )
        return self

    @model_validator(mode="after")
    def _wakes_with_a_template(self) -> Self:
        """Refuse a wake template that is neither a SID nor the name of one."""
        if self.wake_template and self.wake_template not in self.templates:
            try:
                _read_content(self.wake_template)
            except ValueError:
                raise ValueError(
                    "wake_template is neither a Content SID nor a name under templates; write an HX…"
                ) from None
        return self

    def address_fault(self, chat_id: str) -> str:
        """A member is named by a number with its country, or by the id that WhatsApp gave them."""
        if _NUMBER.fullmatch(chat_id) or _SCOPED_ID.fullmatch(chat_id):
            return ""
        return "this is no international number; write it with + and the country: whatsapp:+33612345678"

    @property
    def content_sids(self) -> Mapping[str, str]:
        """The SID of every template that can be sent, by its name; empty ones are not configured yet."""
        known = {name: sid for name, sid in self.templates.items() if sid}
        if self.wake_template and self.wake_template not in self.templates:
            known.setdefault(self.wake_name, self.wake_template)
        return known

    @property
    def wake_name(self) -> str:
        """The name of the wake template, or empty."""
        if not self.wake_template or self.wake_template in self.templates:
            return self.wake_template
        by_sid = {sid: name for name, sid in self.templates.items()}
        return by_sid.get(self.wake_template, WAKE)
