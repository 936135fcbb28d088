"""Whom members address where there are no threads, by what they see and by nothing that the bot knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.api import ChatRef
from tests.properties.showing import OWNERS
from tests.properties.town import Shown

GOES_ON_FOR = timedelta(hours=1)


class Way(StrEnum):
    """How a member of a list says whom their words are for.

    Attributes:
        QUOTE: they quote a post.
        OWN: they quote what they wrote before.
        CODE: `#K7` stands in front.
        COLON: `K7:` stands in front.
        BARE: `K7` alone does, which may be no code at all.
        WRONG: a code that nobody has.
        BOTH: they quote a post, and write a code.
        NONE: they do not say it.
    """

    QUOTE = "quote"
    OWN = "own"
    CODE = "code"
    COLON = "colon"
    BARE = "bare"
    WRONG = "wrong"
    BOTH = "both"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be written.

    Attributes:
        text: with its address.
        quotes: the id of the message that it answers, or empty.
        to: whom it is for; None: nobody, or whoever it goes on with.
        goes_on: it does not say for whom it is.
    """

    text: str
    quotes: str = ""
    to: ChatRef | None = None
    goes_on: bool = False


@dataclass(slots=True)
class Addressing:
    """What members have written so far.

    Attributes:
        said: whom each message was for, by its chat and id.
        wrote: whom each member of a list last wrote to, and when.
    """

    said: dict[tuple[ChatRef, str], ChatRef | None] = field(default_factory=dict)
    wrote: dict[ChatRef, tuple[ChatRef, datetime]] = field(default_factory=dict)

    def letter(
        self,
        chat: ChatRef,
        way: Way,
        text: str,
        *,
        shown: Iterable[Shown],
        codes: Mapping[str, ChatRef],
        place: int,
    ) -> Letter:
        """Address a text; where the way cannot be gone it is written without an address.

        Args:
            chat: where it is written.
            way: how it is addressed.
            text: the words.
            shown: what the member sees there.
            codes: the contacts by the codes that they have now.
            place: which of the posts, messages and codes is taken.
        """
        posts = list(shown)[-6:]
        mine = [message_id for where, message_id in self.said if where == chat][-4:]
        code = sorted(codes)[place % len(codes)] if codes else ""
        post = posts[place % len(posts)] if posts else None
        to = codes.get(code)
        match way:
            case Way.QUOTE if post is not None:
                return Letter(text=text, quotes=post.platform_id, to=OWNERS.get(post.record_id))
            case Way.BOTH if post is not None and code:
                is_other = OWNERS.get(post.record_id) != to and _is_about_one_of(post, codes)
                return Letter(text=f"#{code} {text}", quotes=post.platform_id, to=None if is_other else to)
            case Way.OWN if mine:
                quoted = mine[place % len(mine)]
                return Letter(text=text, quotes=quoted, to=self.said[chat, quoted])
            case Way.CODE if code:
                return Letter(text=f"#{code} {text}", to=to)
            case Way.COLON if code:
                return Letter(text=f"{code}: {text}", to=to)
            case Way.BARE if code:
                return Letter(text=f"{code} {text}")
            case Way.WRONG:
                unknown = next(each for each in ("Z9", "Z8", "Z7", "Z6", "Z5") if each not in codes)
                return Letter(text=f"#{unknown} {text}")
            case _:
                return Letter(text=text, goes_on=True)

    def going_on(self, member: ChatRef, seen: Iterable[Shown], now: datetime) -> ChatRef | None:
        """Whom words without an address may go to.

        Args:
            member: who wrote them.
            seen: what they may have seen last.
            now: when they wrote them.
        """
        contact, at = self.wrote.get(member, (None, now))
        is_seen = any(OWNERS.get(each.record_id) == contact != member for each in seen)
        return contact if contact is not None and is_seen and now - at < GOES_ON_FOR else None


def _is_about_one_of(post: Shown, codes: Iterable[str]) -> bool:
    """Whether a post names one of these codes; one of a conversation that is over addresses nobody."""
    return any(f"#{code} " in post.first.text for code in codes)
