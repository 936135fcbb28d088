"""One post of a chat, room or thread: as it is kept, and as pages see it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bot.api import Choice, Mark, MediaFile, Origin, OutgoingMessage, PostStyle, ReceiptState

_EXCERPT_CHARACTERS = 160


class Side(StrEnum):
    """Where a post came from: the bot sent it, or somebody wrote it on a page of ours."""

    BOT = "bot"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The post that another one answers, as it read then."""

    post_id: str
    author: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, as it is kept.

    Attributes:
        post_id: `<page of the log>.<key>`; the platform id that the bot knows.
        at_ms: when, in milliseconds since 1970, UTC.
        side: who put it there.
        text: plain text.
        author: whose words these are; empty for the bot's own.
        author_id: the contact or member who wrote it on a page; empty for what the bot sent.
        style: what it is, in a team room.
        origin: who had the bot send it.
        choices: its buttons.
        chosen: the choice that the contact pressed last, or empty.
        media: its file.
        quote: what it answers.
        mark: how far a member's reply has come.
        reaction: the bot's one reaction, or empty.
        message_id: the bot's own id, which receipts name; empty for what people wrote.
        seen: how far the contact's page has come with it.
        is_edited: its text has changed since it was posted.
        is_deleted: taken back; text, file and buttons are gone.
    """

    post_id: str
    at_ms: int
    side: Side
    text: str = ""
    author: str = ""
    author_id: str = ""
    style: PostStyle = PostStyle.MESSAGE
    origin: Origin = Origin.BOT
    choices: tuple[Choice, ...] = ()
    chosen: str = ""
    media: MediaFile | None = None
    quote: Quote | None = None
    mark: Mark | None = None
    reaction: str = ""
    message_id: str = ""
    seen: ReceiptState = ReceiptState.SENT
    is_edited: bool = False
    is_deleted: bool = False

    @property
    def key(self) -> str:
        """What makes the post itself, wherever in the log it stands."""
        return self.post_id.partition(".")[2]

    @property
    def excerpt(self) -> str:
        """The beginning of its text on one line, or the name of its file."""
        line = " ".join(self.text[: _EXCERPT_CHARACTERS * 2].split())[:_EXCERPT_CHARACTERS]
        return line or (self.media.file_name if self.media is not None else "")

    def is_seen_before(self, state: ReceiptState) -> bool:
        """Whether `state` is news of a post that the bot sent."""
        states = tuple(ReceiptState)
        return bool(self.message_id) and states.index(state) > states.index(self.seen)

    def taken_back(self) -> "Post":
        """What is left of the post when it is deleted."""
        return replace(self, text="", choices=(), media=None, quote=None, reaction="", is_deleted=True)

    def as_quote(self) -> Quote:
        """The post as another one quotes it."""
        return Quote(post_id=self.post_id, author=self.author, text=self.excerpt)


_POSTS: TypeAdapter[tuple[Post, ...]] = TypeAdapter(tuple[Post, ...])


def from_outgoing(message: OutgoingMessage, *, post_id: str, at_ms: int, quote: Quote | None) -> Post:
    """The post that shows `message`."""
    return Post(
        post_id=post_id,
        at_ms=at_ms,
        side=Side.BOT,
        text=message.text,
        author=message.author,
        style=message.style,
        origin=message.origin,
        choices=message.choices,
        media=message.media,
        quote=quote,
        message_id=message.message_id,
    )


def to_json(posts: tuple[Post, ...]) -> list[dict[str, Any]]:
    """The posts as plain JSON values, without what is as usual."""
    kept: list[dict[str, Any]] = _POSTS.dump_python(posts, mode="json", exclude_defaults=True)
    return kept


def from_json(kept: Any) -> tuple[Post, ...]:
    """The posts that `to_json` was given."""
    return _POSTS.validate_python(kept)


def view(post: Post) -> dict[str, Any]:
    """The post as pages see it: short names, and nothing that only the server needs."""
    seen: dict[str, Any] = {"id": post.post_id, "at": post.at_ms, "side": post.side}
    optional: dict[str, Any] = {
        "text": post.text,
        "author": post.author,
        "by": post.author_id,
        "style": "" if post.style is PostStyle.MESSAGE else post.style,
        "choices": [{"id": choice.choice_id, "label": choice.label} for choice in post.choices],
        "chosen": post.chosen,
        "quote": post.quote
        and {"id": post.quote.post_id, "author": post.quote.author, "text": post.quote.text},
        "mark": post.mark,
        "reaction": post.reaction,
        "seen": "" if post.seen is ReceiptState.SENT else post.seen,
        "edited": post.is_edited,
        "deleted": post.is_deleted,
    }
    if post.media is not None:
        media = post.media
        optional["media"] = {
            "kind": media.kind,
            "name": media.file_name,
            "type": media.mime_type,
            "size": media.size_bytes,
        }
    return seen | {name: value for name, value in optional.items() if value}
