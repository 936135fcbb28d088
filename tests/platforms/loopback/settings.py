"""The table of a loopback channel: where the platform is, and what this instance of it can do."""

from datetime import timedelta
from types import MappingProxyType

from pydantic import SecretStr

from bot.api import Capabilities, ChannelSettings, MediaKind, TextUnit


class Settings(ChannelSettings):
    """A loopback channel's keys.

    Attributes:
        api_url: the root of the platform's server, without a slash at the end.
        token: what calls are authorised with.
        secret: the key of the webhooks' signatures.
        timeout_s: how long a call may take.
        media: the kinds of file that can be sent; every one up to `media_limit_bytes`.
        reply_window_s: seconds after a contact's last message; None: for ever.
        human_window_s: the same for what a person wrote.
    """

    api_url: str
    token: SecretStr
    secret: SecretStr
    timeout_s: float = 10.0
    text_limit: int = 1000
    text_unit: TextUnit = TextUnit.CHARACTERS
    caption_limit: int = 1000
    choices: int = 10
    choice_label_limit: int = 20
    media: tuple[MediaKind, ...] = tuple(MediaKind)
    media_limit_bytes: int = 20 * 1024 * 1024
    group_chats: bool = True
    threads: bool = True
    edits: bool = True
    deletes: bool = True
    reactions: bool = True
    marks: bool = True
    quotes: bool = True
    typing: bool = True
    locations: bool = True
    shared_contacts: bool = True
    thread_states: bool = True
    references: bool = True
    posts_at_once: int = 1
    idempotent: bool = False
    findable: bool = False
    reply_window_s: float | None = None
    human_window_s: float | None = None
    posts_per_minute: int | None = None
    sends_per_second: int | None = None

    @property
    def capabilities(self) -> Capabilities:
        """These abilities as the bot asks for them."""
        return Capabilities(
            text_limit=self.text_limit,
            text_unit=self.text_unit,
            caption_limit=self.caption_limit,
            choices=self.choices,
            choice_label_limit=self.choice_label_limit,
            media=MappingProxyType(dict.fromkeys(self.media, self.media_limit_bytes)),
            group_chats=self.group_chats,
            threads=self.threads,
            edits=self.edits,
            deletes=self.deletes,
            reactions=self.reactions,
            marks=self.marks,
            quotes=self.quotes,
            typing=self.typing,
            locations=self.locations,
            shared_contacts=self.shared_contacts,
            thread_states=self.thread_states,
            references=self.references,
            posts_at_once=self.posts_at_once,
            idempotent=self.idempotent,
            findable=self.findable,
            reply_window=_seconds(self.reply_window_s),
            human_window=_seconds(self.human_window_s),
            posts_per_minute=self.posts_per_minute,
            sends_per_second=self.sends_per_second,
        )


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)
