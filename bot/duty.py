"""The members of lists: who is on duty and can be written to, and what each of them was last shown."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.api import Capabilities, ChatRef
from bot.model import Member

GOES_ON_FOR = timedelta(hours=1)
"""How long words that name no conversation go to the one that their author last wrote to."""

WAKES_AGAIN_AFTER = timedelta(hours=6)
"""A member who sleeps is asked to write in once in this time, however many contacts write."""

ASKS_AGAIN_AFTER = timedelta(minutes=1)
"""What was decided to ask and was not sent by then, the next occasion asks again."""

Abilities = Callable[[ChatRef], Capabilities | None]
"""What a platform can do in a chat; None while its channel has never been connected."""


class Duty:
    """What is known of members, in memory.

    Who is off duty and when each last wrote comes from the record of the house. What each was last shown is
    not kept over a restart: whoever writes without saying to whom is asked then.

    Args:
        abilities: what a platform can do in a chat.
    """

    def __init__(self, abilities: Abilities) -> None:
        self._abilities = abilities
        self._members: Mapping[str, Member] = {}
        self._shown: dict[ChatRef, str] = {}
        self._written: dict[ChatRef, tuple[str, datetime]] = {}
        self._asleep: dict[ChatRef, datetime | None] = {}
        self._asked: dict[ChatRef, datetime] = {}
        self._woken: dict[ChatRef, datetime] = {}

    def take(self, members: Mapping[str, Member]) -> None:
        """Go by what the record of the house says now."""
        self._members = members

    def member(self, chat: ChatRef) -> Member:
        """A member as they last were; one who never wrote is on duty."""
        return self._members.get(chat.address, Member())

    def sleeps(self, chat: ChatRef) -> None:
        """Believe the platform that it does not let us write to a member, until they write."""
        self._asleep[chat.whole] = self.member(chat).wrote_at

    def is_on(self, chat: ChatRef) -> bool:
        """Whether the member has not said that they are off duty."""
        return not self.member(chat).is_off

    def is_awake(self, chat: ChatRef, now: datetime) -> bool:
        """Whether the platform lets us write to the member now."""
        able = self._abilities(chat)
        if able is None or able.reply_window is None:
            return True
        wrote_at = self.member(chat).wrote_at
        if chat.whole in self._asleep and self._asleep[chat.whole] == wrote_at:
            return False
        return wrote_at is not None and now - wrote_at < able.reply_window

    def is_reachable(self, chat: ChatRef, now: datetime) -> bool:
        """Whether what a contact writes may be posted to the member now."""
        return self.is_on(chat) and self.is_awake(chat, now)

    def wake(self, chat: ChatRef, now: datetime) -> str:
        """The template that asks a sleeping member to write in, if it is time for one; else empty."""
        able = self._abilities(chat)
        if able is None or not able.wake_template or self.is_awake(chat, now) or not self.is_on(chat):
            return ""
        for last, pause in ((self._woken, WAKES_AGAIN_AFTER), (self._asked, ASKS_AGAIN_AFTER)):
            if chat in last and now - last[chat] < pause:
                return ""
        self._asked[chat] = now
        return able.wake_template

    def woke(self, chat: ChatRef, now: datetime) -> None:
        """A member was sent the template that asks them to write in."""
        self._woken[chat.whole] = now

    def shows(self, chat: ChatRef, record_id: str) -> None:
        """Remember what is about to be posted to a member; it may arrive, whatever becomes of the call."""
        self._shown[chat.whole] = record_id

    def misses(self, chat: ChatRef) -> None:
        """Believe that a member may not have been shown the last post after all: nothing goes on from it."""
        self._shown.pop(chat.whole, None)

    def wrote(self, chat: ChatRef, record_id: str, now: datetime) -> None:
        """Remember which conversation a member wrote to."""
        self._written[chat.whole] = (record_id, now)

    def stops(self, chat: ChatRef) -> None:
        """Forget which conversation a member wrote to: they have turned to another, or tried to."""
        self._written.pop(chat.whole, None)

    def goes_on_with(self, chat: ChatRef, now: datetime) -> str | None:
        """The record that words without an address are for, or None when that is not certain.

        It is the one that their author wrote to within the hour, if the last post they got is from it too.
        """
        record_id, wrote_at = self._written.get(chat.whole, (None, now))
        is_certain = self._shown.get(chat.whole) == record_id and now - wrote_at < GOES_ON_FOR
        return record_id if is_certain else None
