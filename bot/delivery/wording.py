"""The words that delivery asks for, by key; the texts themselves are elsewhere, in each language."""

from enum import StrEnum
from typing import Protocol


class Words(StrEnum):
    """The keys of delivery's texts.

    Attributes:
        REPEAT: stands before a post that may have been made once already.
        FILE_LINE: a file that the chat does not take, with `name`, `size` and `reason`: a link, or why not.
        FILE_LOST: a file that cannot be had, with `name` and `reason`.
        NO_LINK: why a file has no link.
        NOT_FETCHED: why a file is not held.
        WINDOW_SHUT: the contact wrote too long ago, with `since`.
        NEVER_WROTE: the contact has not written yet, and must before we may.
        NO_EDIT: the platform cannot change a message.
        NO_DELETE: the platform cannot take a message back.
        NO_REACTION: the platform shows no reactions.
        TYPED: what can be typed where there are no buttons, with `words`.
        NO_CHANNEL: the channel does not work.
        TROUBLE: something unforeseen.
    """

    REPEAT = "line.repeat"
    FILE_LINE = "notice.file_too_large"
    FILE_LOST = "notice.file_lost"
    NO_LINK = "delivery.no_link"
    NOT_FETCHED = "delivery.not_fetched"
    WINDOW_SHUT = "delivery.window_shut"
    NEVER_WROTE = "delivery.never_wrote"
    NO_EDIT = "delivery.no_edit"
    NO_DELETE = "delivery.no_delete"
    NO_REACTION = "delivery.no_reaction"
    TYPED = "delivery.typed"
    NO_CHANNEL = "delivery.no_channel"
    TROUBLE = "delivery.trouble"


class Say(Protocol):
    """The bot's words in its language."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The text `key` with its placeholders filled."""
        ...
