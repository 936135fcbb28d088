"""What the simulated Bot API demands of parameters, and how much it lets be posted in a minute; no I/O."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram.constants import ReactionEmoji

from tests.simulators.telegram_chats import Payload, Refusal

COUNTED = ("send", "edit", "create", "copy", "forward")
"""The methods that count as posts, by what they begin with."""

_REACTIONS = {each.value for each in ReactionEmoji}


def utf16(text: str) -> int:
    """The length of a text as the platform counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: Any, limit: int, what: str) -> str:
    """A text that may be posted."""
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, f"Bad Request: {what} text is empty")
    if utf16(text) > limit:
        raise Refusal(400, f"Bad Request: {what} is too long")
    return text


def check_entities(entities: Sequence[Payload], text: str) -> None:
    """Entities that lie within their text."""
    if len(entities) > 100:
        raise Refusal(400, "Bad Request: too many entities")
    for entity in entities:
        if not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16(text):
            raise Refusal(400, "Bad Request: can't parse entities: an entity is outside of the text")


def check_keyboard(markup: Payload) -> None:
    """Buttons that say something, and whose data the platform can carry."""
    for row in markup["inline_keyboard"]:
        if not 0 < len(row) <= 8:
            raise Refusal(400, "Bad Request: too many buttons in a row")
        for button in row:
            if not button["text"]:
                raise Refusal(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
            if not 0 < len(button["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")


def check_reaction(reaction: Sequence[Payload]) -> str:
    """The one reaction that a bot may set; empty for none."""
    if len(reaction) > 1:
        raise Refusal(400, "Bad Request: REACTIONS_TOO_MANY")
    if not reaction:
        return ""
    emoji: str = reaction[0]["emoji"]
    if emoji not in _REACTIONS:
        raise Refusal(400, "Bad Request: REACTION_INVALID")
    return emoji


@dataclass(slots=True, kw_only=True)
class PostLimit:
    """How many posts a group takes in any window of time.

    Attributes:
        posts: how many; 0: no limit.
        window_s: the window, in seconds of `clock`.
        clock: a clock in seconds.
        refused: how many calls were refused for it, by chat.
        taken: when each post was taken, by chat.
    """

    posts: int = 0
    window_s: float = 60.0
    clock: Callable[[], float]
    refused: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    taken: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    _recent: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, method: str, chat_id: int) -> None:
        """Count a call for a group, and refuse it when there were too many."""
        if not self.posts or chat_id >= 0 or not method.startswith(COUNTED) or method == "sendChatAction":
            return
        now, recent = self.clock(), self._recent[chat_id]
        while recent and recent[0] <= now - self.window_s:
            recent.popleft()
        if len(recent) >= self.posts:
            self.refused[chat_id] += 1
            seconds = max(1, math.ceil(recent[0] + self.window_s - now))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        recent.append(now)
        self.taken[chat_id].append(now)
