"""One thread of a team room: what its line in the list shows, and how a post changes that."""

from dataclasses import dataclass, replace
from typing import Any

from bot.api import PostStyle, ThreadState
from plugins.webchat.posts import Post, Side

# What the bot posts at once about one thing comes within this time.
_ONE_EVENT_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One thread of a room; the one with an empty id is the room's general section.

    Attributes:
        thread_id: the platform id that the bot knows.
        title: what the bot called it.
        is_closed: nothing more is expected in it.
        active_ms: when something was posted last, in milliseconds since 1970, UTC; 0: never.
        posts: how many times something happened in it that a member should notice.
        excerpt: the beginning of the last post.
        card_at_ms: when a card was posted of which no second message came since; 0: there is none.
        is_told: the message that the card tells of came too.
        state: how it stands, since the bot said so for the first time.
        asked_ms: when the contact wrote first of what nobody answered yet; 0: nothing waits.
    """

    thread_id: str
    title: str = ""
    is_closed: bool = False
    active_ms: int = 0
    posts: int = 0
    excerpt: str = ""
    card_at_ms: int = 0
    is_told: bool = False
    state: ThreadState | None = None
    asked_ms: int = 0

    def view(self) -> dict[str, Any]:
        """The thread as pages see it; `waiting` is since when, in milliseconds since 1970, UTC, or 0."""
        return {
            "id": self.thread_id,
            "title": self.title,
            "closed": self.is_closed,
            "at": self.active_ms,
            "posts": self.posts,
            "excerpt": self.excerpt,
            "waiting": self.asked_ms if self._waits else 0,
        }

    def with_post(self, post: Post, *, is_silent: bool) -> "Thread":
        """The thread once `post` stands in it; a silent one asks for nobody's attention."""
        thread = replace(self, active_ms=post.at_ms, excerpt=post.excerpt)
        if not is_silent:
            thread = _noticed(thread, post)
        return _asked(thread, post, is_silent=is_silent)

    def in_state(self, state: ThreadState, now_ms: int) -> "Thread":
        """The thread as the bot says that it stands."""
        asked_ms = (self.asked_ms or now_ms) if state is ThreadState.WAITING else 0
        return replace(self, state=state, asked_ms=asked_ms)

    @property
    def _waits(self) -> bool:
        return not self.is_closed and self.state in {None, ThreadState.WAITING}


def _asked(thread: Thread, post: Post, *, is_silent: bool) -> Thread:
    """The thread with its wait begun or ended by a post."""
    if not thread.thread_id or post.style is not PostStyle.MESSAGE:
        return thread
    if post.side is Side.BOT and post.author and not is_silent:
        return replace(thread, asked_ms=thread.asked_ms or post.at_ms)
    # Until the bot says how threads stand, a member's words count as the answer unless they are a note
    # or a command.
    is_answer = post.side is Side.PAGE and not post.text.startswith("/")
    return replace(thread, asked_ms=0) if is_answer and thread.state is None else thread


def _noticed(thread: Thread, post: Post) -> Thread:
    """The thread with one more post to notice, unless it belongs to a card that is noticed already."""
    more = replace(thread, posts=thread.posts + 1)
    if post.style is PostStyle.CARD:
        return replace(more, card_at_ms=post.at_ms, is_told=False)
    if not thread.card_at_ms or post.at_ms - thread.card_at_ms > _ONE_EVENT_MS:
        return replace(more, card_at_ms=0)
    if post.style is PostStyle.NOTICE:
        return thread
    return replace(more, card_at_ms=0) if thread.is_told else replace(thread, is_told=True)
