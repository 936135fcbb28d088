"""Entries as sequences of words, and the tree that finds them in a text in one pass over its words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.matching.values import Option

_SHORTEST_SUBSTANTIAL_WORD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry or label of an option, ready to be compared.

    Attributes:
        option: what it means.
        written: as it stands in config.toml.
        words: its normalised words; never empty.
        order: its place among all entries, in file order.
        length: of its normalised text, in characters; the longest entry wins.
        letters: the same without spaces.
        is_substantial: it has a word of three letters or more, so it may decide a first message.
    """

    option: Option
    written: str
    words: tuple[str, ...]
    order: int
    length: int
    letters: int
    is_substantial: bool

    @classmethod
    def of(cls, option: Option, written: str, normalised: str, order: int) -> "Entry":
        """Prepare an entry whose normalised form is known."""
        words = tuple(normalised.split())
        return cls(
            option=option,
            written=written,
            words=words,
            order=order,
            length=len(normalised),
            letters=sum(map(len, words)),
            is_substantial=any(sum(map(str.isalpha, word)) >= _SHORTEST_SUBSTANTIAL_WORD for word in words),
        )


@dataclass(slots=True, kw_only=True)
class Node:
    """What may follow the words so far.

    Attributes:
        following: by the next word.
        entries: those that end here.
    """

    following: dict[str, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


class Phrases:
    """The tree of all entries by their words."""

    __slots__ = ("root",)

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.root = Node()
        for entry in entries:
            node = self.root
            for word in entry.words:
                node = node.following.setdefault(word, Node())
            node.entries.append(entry)

    def standing_in(self, words: list[str]) -> list[Entry]:
        """The entries whose words stand in the text, contiguous and in order; once for each place."""
        found: list[Entry] = []
        beginnings = self.root.following
        for start, word in enumerate(words):
            node = beginnings.get(word)
            end = start + 1
            while node is not None:
                if node.entries:
                    found += node.entries
                node = node.following.get(words[end]) if end < len(words) else None
                end += 1
        return found
