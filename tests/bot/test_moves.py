"""Where chats are that moved."""

from bot.api import ChatRef
from bot.moves import Moves, moved_on

A, B, C = (ChatRef("desk", name) for name in "abc")


def test_moves_are_followed_to_the_end() -> None:
    """Every earlier address leads to the newest one, and back."""
    moves = Moves()
    moves.take({A.address: B.address})
    moves.learn(B, C)
    assert moves.now(A) == moves.now(B) == moves.now(C) == C
    assert moves.now(A.thread("t1")) == C.thread("t1")
    assert moves.before(C.thread("t1")) == [A, B]
    assert moves.before(A) == []


def test_what_is_kept_is_followed_too() -> None:
    """What the next process reads leads to the newest address at once."""
    assert moved_on({"a": "b", "x": "y"}, "b", "c") == {"a": "c", "b": "c", "x": "y"}
