"""The settings of config.toml as frozen values; every attribute is named as its key."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, StrictBool, StrictInt, model_validator

from bot.api import ChannelSettings, ChatRef
from bot.config.defaults import with_defaults
from bot.config.hours import Hours
from bot.config.text import Text, TextField
from bot.config.values import (
    Address,
    AsList,
    Duration,
    Entry,
    OptionalName,
    PublicUrl,
    RequiredAddress,
    TimeZone,
)

INBOX = "inbox"
"""What `routing.fallback` says for the general section."""


class Section(BaseModel):
    """A table of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Section):
    """Where the HTTP server listens; port 0 lets the system choose."""

    host: str = "127.0.0.1"
    port: Annotated[StrictInt, Field(ge=0, le=65_535)] = 8080
    public_url: PublicUrl = ""


class Team(Section):
    """A team: a group chat, or a list of members, never both."""

    name: TextField = Text()
    chat: Address = None
    members: Annotated[tuple[RequiredAddress, ...], AsList] = ()
    assigned: TextField = Text()
    hours: OptionalName = None
    signature: Literal["none", "team", "first_name"] = "none"
    reply_mode: Literal["all", "reply"] = "all"
    claim_lock: Literal["hold", "off"] = "hold"
    canned: Mapping[str, TextField] = Field(default_factory=dict)


class Inbox(Section):
    """The general section: chats that no team has, alerts, reports."""

    chat: RequiredAddress
    faq_visible: StrictBool = True


class Answer(Section):
    """One "when the reply is …".

    Attributes:
        team: where it leads; None for an answer that assigns nobody.
        lang: the language that choosing it says the contact speaks, or None.
        line: where it stands in config.toml; the reader writes it, the file cannot.
    """

    label: TextField = Text()
    when: Annotated[tuple[Entry, ...], AsList] = ()
    team: OptionalName = None
    reply: TextField = Text()
    tags: Annotated[tuple[str, ...], AsList] = ()
    lang: OptionalName = None
    line: int = 0


class Example(Section):
    """A text and where it must lead: a team, an answer's label, or "error".

    Attributes:
        line: where it stands in config.toml; the reader writes it, the file cannot.
    """

    text: str = ""
    expect: str = ""
    line: int = 0


class Routing(Section):
    """The welcome, the answers, and what happens when none is recognised."""

    welcome: TextField = Text()
    error: Annotated[tuple[TextField, ...], AsList] = ()
    assigned: TextField = Text()
    transfer: TextField = Text()
    max_attempts: Annotated[StrictInt, Field(ge=0)] = 3
    fallback: str = INBOX
    fallback_message: TextField = Text()
    first_message: Literal["welcome", "match"] = "welcome"
    settle: Duration = timedelta(seconds=1.5)
    fuzzy: StrictBool = True
    on_ambiguous: Literal["ask", "first"] = "ask"
    menu_timeout: Duration = timedelta(hours=2)
    media_hint: TextField = Text()
    answers: tuple[Answer, ...] = ()
    examples: tuple[Example, ...] = ()


class Lifecycle(Section):
    """When a conversation ends, and what begins it again."""

    reopen_window: Duration = timedelta(hours=24)
    auto_close: Duration = timedelta(hours=48)
    closing: TextField = Text()
    closing_delay: Duration = timedelta()
    acks: Annotated[tuple[str, ...], AsList] = ()


class Reminders(Section):
    """When a team is reminded that somebody waits for it."""

    team: Annotated[tuple[Duration, ...], AsList] = (timedelta(minutes=10), timedelta(minutes=30))
    escalate_after: Duration = timedelta()
    escalate_to: OptionalName = None


class Rating(Section):
    """The question after a closed conversation."""

    enabled: StrictBool = False
    question: TextField = Text()
    thanks: TextField = Text()


class Limits(Section):
    """What one contact may send and cause, and how long it is kept."""

    messages_per_minute: Annotated[StrictInt, Field(ge=1)] = 60
    bot_messages_per_hour: Annotated[StrictInt, Field(ge=1)] = 12
    media_mb: Annotated[StrictInt, Field(gt=0)] = 20
    retention: Duration = timedelta()

    @property
    def media_bytes(self) -> int:
        """The largest file that is kept."""
        return self.media_mb * 1024 * 1024


class Settings(Section):
    """The whole of config.toml.

    Attributes:
        channels: each table, as the settings of its own plugin.
    """

    business: str = ""
    language: Literal["en", "fr", "es", "it", "pt", "de"] = "en"
    timezone: TimeZone = "UTC"
    preset: Literal["default", "callbell"] = "default"
    server: Server = Server()
    channels: Mapping[str, InstanceOf[ChannelSettings]] = Field(default_factory=dict)
    teams: Mapping[str, Team] = Field(default_factory=dict)
    inbox: Inbox
    routing: Routing = Routing()
    hours: Mapping[str, Hours] = Field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle()
    reminders: Reminders = Reminders()
    rating: Rating = Rating()
    canned: Mapping[str, TextField] = Field(default_factory=dict)
    limits: Limits = Limits()

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, file: Any) -> Any:
        return with_defaults(file) if isinstance(file, dict) else file

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of opening hours, reports and what people are told."""
        return ZoneInfo(self.timezone)

    def plugin_of(self, channel: str) -> str:
        """The name of the plugin that serves a channel.

        Raises:
            KeyError: there is no such channel.
        """
        return self.channels[channel].plugin or channel

    def is_enabled(self, channel: str) -> bool:
        """Whether a channel exists and is started."""
        settings = self.channels.get(channel)
        return settings is not None and settings.enabled

    def chats(self, team: str) -> tuple[ChatRef, ...]:
        """The chats that a team can be reached in: its group, or its members on channels that are enabled.

        Raises:
            KeyError: there is no such team.
        """
        settings = self.teams[team]
        named = settings.members if settings.chat is None else (settings.chat,)
        return tuple(chat for chat in named if self.is_enabled(chat.channel))
