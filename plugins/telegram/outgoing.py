"""The bot's messages as the Bot API takes them; pure.

https://core.telegram.org/bots/api#sendmessage
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)

from bot.api import Capabilities, Choice, Mark, MediaKind, OutgoingMessage, PostStyle, TextUnit

_MEGABYTE = 1024 * 1024
_ROW_WIDTH = 34
_ROW_LENGTH = 3
"""What buttons stand side by side on the screen of a phone."""

UPLOAD_LIMIT_BYTES = 50 * _MEGABYTE
_PHOTO_LIMIT_BYTES = 10 * _MEGABYTE

CAPABILITIES = Capabilities(
    text_limit=4096,
    text_unit=TextUnit.UTF16,
    caption_limit=1024,
    choices=50,
    choice_label_limit=60,
    # https://core.telegram.org/bots/api#sending-files
    media=MappingProxyType(
        {**dict.fromkeys(MediaKind, UPLOAD_LIMIT_BYTES), MediaKind.PHOTO: _PHOTO_LIMIT_BYTES}
    ),
    group_chats=True,
    threads=True,
    edits=True,
    deletes=True,
    reactions=True,
    marks=True,
    quotes=True,
    typing=True,
    locations=True,
    shared_contacts=True,
    thread_states=True,
    references=True,
    # 200 topics of a group are posted to in half a second, when a call takes 50 ms and no limit is met.
    posts_at_once=64,
    # No rates: the platform's are unpublished and change, and it names each pause that it wants.
)

MARKS: Mapping[Mark, str] = {
    Mark.NOTED: "✍",
    Mark.SENT: "👍",
    Mark.DELIVERED: "👌",
    Mark.READ: "👀",
    Mark.FAILED: "💔",
    Mark.UNCERTAIN: "🤔",
}
"""The reaction that shows each mark; bots may set one, of those that everybody has."""


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """The buttons below a message, short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for choice in choices:
        button = InlineKeyboardButton(choice.label, callback_data=choice.choice_id)
        room -= len(choice.label) + 2
        if not rows or room < 0 or len(rows[-1]) == _ROW_LENGTH:
            rows.append([])
            room = _ROW_WIDTH - len(choice.label)
        rows[-1].append(button)
    return InlineKeyboardMarkup(rows) if rows else None


def quote(message: OutgoingMessage) -> ReplyParameters | None:
    """The message that this one answers; it is sent also when that one is gone."""
    if not message.reply_to.isdecimal():
        return None
    return ReplyParameters(int(message.reply_to), allow_sending_without_reply=True)


def entities(message: OutgoingMessage) -> list[MessageEntity] | None:
    """How a post of the bot's own looks among people's words: a card has a title, a notice is slanted.

    The text itself is never taken for markup.
    """
    length = TextUnit.UTF16.length
    match message.style:
        case PostStyle.CARD if message.text.strip():
            title = message.text.partition("\n")[0]
            return [MessageEntity(MessageEntity.BOLD, 0, length(title))] if title else None
        case PostStyle.NOTICE | PostStyle.NOTE if message.text.strip():
            return [MessageEntity(MessageEntity.ITALIC, 0, length(message.text))]
        case _:
            return None


def link_preview(message: OutgoingMessage) -> LinkPreviewOptions | None:
    """No preview below the bot's own posts, which are to be short."""
    return None if message.style is PostStyle.MESSAGE else LinkPreviewOptions(is_disabled=True)


def reaction(emoji: str) -> list[ReactionTypeEmoji]:
    """One reaction, or none; the platform writes hearts without a variation selector."""
    plain = emoji.replace("\ufe0f", "")
    return [ReactionTypeEmoji(plain)] if plain else []


def upload_name(name: str) -> str:
    """A file's name as it can stand in a header."""
    kept = "".join(
        "_" if character in '"\\/' or not character.isprintable() else character for character in name
    )
    return kept or "file"
