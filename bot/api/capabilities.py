"""What a platform can do; the bot asks this, and never which platform it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.api.values import MediaKind


class TextUnit(StrEnum):
    """What a platform counts when it limits a text."""

    CHARACTERS = "characters"
    UTF16 = "utf16"
    BYTES = "bytes"

    def length(self, text: str) -> int:
        """Count `text` as the platform does."""
        match self:
            case TextUnit.CHARACTERS:
                return len(text)
            case TextUnit.UTF16:
                return len(text.encode("utf-16-le")) // 2
            case TextUnit.BYTES:
                return len(text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The abilities and limits of one platform.

    Attributes:
        text_limit: the longest text of one message, in `text_unit`.
        text_unit: what `text_limit` and `caption_limit` count.
        caption_limit: the longest text beside a file; 0: a file travels without text.
        uncaptioned: the kinds of file beside which no words are shown.
        choices: the most buttons on one message; 0: none, and a menu is typed numbers.
        choice_label_limit: the longest label, in characters.
        media: the largest file of each kind that can be sent, in bytes; a kind that is absent cannot.
        group_chats: a bot may be a member of a group, so a team can have one.
        threads: a group can hold a thread for each contact.
        edits: `edit` works.
        deletes: `delete` works.
        reactions: `react` works.
        marks: `mark` works.
        quotes: `OutgoingMessage.reply_to` works.
        typing: `typing` works.
        locations: `OutgoingMessage.location` works; elsewhere a place travels as a line with a map's link.
        shared_contacts: `OutgoingMessage.shared_contact` works; elsewhere it travels as a line.
        thread_states: `show_state` works.
        references: a file that came by this channel can be sent on it without its content, of any size.
        pins: a post of the style `BOARD` stays in sight in its group, whatever is written after it.
        idempotent: sending the same `message_id` twice shows it once, so a repeat is always safe.
        findable: `find_sent` works.
        reply_window: how long after a contact's last message the bot may write; None: for ever.
        human_window: the same for what a person wrote; None: as `reply_window`.
        posts_per_minute: the most posts to one group chat; None: no known limit.
        posts_at_once: how many posts to one group chat may be under way together, each for another contact.
        sends_per_second: the most sends of the whole account; None: no known limit.
        templates: the names of the texts that the platform approved, to write when a window is shut.
        wake_template: the one of them that asks a member whose window is shut to write in; or empty.
        is_paid: each message that is sent costs money.
    """

    text_limit: int
    text_unit: TextUnit = TextUnit.CHARACTERS
    caption_limit: int = 0
    uncaptioned: frozenset[MediaKind] = frozenset({MediaKind.STICKER, MediaKind.VIDEO_NOTE})
    choices: int = 0
    choice_label_limit: int = 20
    media: Mapping[MediaKind, int] = field(default_factory=lambda: MappingProxyType({}))
    group_chats: bool = False
    threads: bool = False
    edits: bool = False
    deletes: bool = False
    reactions: bool = False
    marks: bool = False
    quotes: bool = False
    typing: bool = False
    locations: bool = False
    shared_contacts: bool = False
    thread_states: bool = False
    references: bool = False
    pins: bool = False
    idempotent: bool = False
    findable: bool = False
    reply_window: timedelta | None = None
    human_window: timedelta | None = None
    posts_per_minute: int | None = None
    posts_at_once: int = 1
    sends_per_second: int | None = None
    templates: frozenset[str] = frozenset()
    wake_template: str = ""
    is_paid: bool = False
