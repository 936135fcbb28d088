"""What members do where contacts have no threads: in flat groups, and as members of lists."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.api import ChatRef, DeliveryReceipt, ReceiptState, Sender
from bot.model import HOUSE
from tests.properties.addressing import Addressing, Letter, Way
from tests.properties.places import ALONE, CONTACTS, FLAT, MARKET, MEMBERS, YARD, is_member
from tests.properties.playing import Playing
from tests.properties.words import BY_CODE, DUTY, REPLIES, SECRETS, marked, person

alone = st.sampled_from(ALONE)
places = st.integers(min_value=0, max_value=1000)


class WithoutThreads(Playing):
    """The rules of rooms in which members have to say whom they mean."""

    def __init__(self) -> None:
        super().__init__()
        self.addressing = Addressing()

    @rule(member=alone, way=st.sampled_from(Way), place=places, text=st.sampled_from(REPLIES))
    def listed_writes(self, member: ChatRef, way: Way, place: int, text: str) -> None:
        """A member of a list writes to a contact, or without saying to whom."""
        if self.may_write(member):
            self.writes(member, person(member), self.letter(member, way, text, place), "R")

    @rule(member=alone, way=st.sampled_from(Way), place=places, text=st.sampled_from(SECRETS))
    def listed_keeps(self, member: ChatRef, way: Way, place: int, text: str) -> None:
        """A member of a list writes a note or a command, by quote, by code, or about nothing."""
        if self.may_write(member):
            self.writes(member, person(member), self.letter(member, way, text, place), "N")

    @rule(member=alone, place=places, text=st.sampled_from(BY_CODE))
    def listed_commands(self, member: ChatRef, place: int, text: str) -> None:
        """A member of a list writes a command as words behind a code."""
        codes = self.codes()
        if not codes or not self.may_write(member):
            return
        code = sorted(codes)[place % len(codes)]
        if " again" in text:
            self.sent_again[codes[code]] += 1
        letter = Letter(text=text.replace("{code}", code), to=codes[code])
        self.writes(member, person(member), letter, "N")

    @rule(member=alone, text=st.sampled_from(DUTY))
    def listed_goes_on_duty(self, member: ChatRef, text: str) -> None:
        """A member of a list comes, goes, or looks who is open."""
        if self.may_write(member):
            self.writes(member, person(member), Letter(text=text), "N")

    @rule(
        contact=st.sampled_from(CONTACTS),
        choice=st.sampled_from(["fish", "field", "night", "field"]),
        member=alone,
        place=places,
    )
    def contact_is_served_elsewhere(self, contact: ChatRef, choice: str, member: ChatRef, place: int) -> None:
        """A contact asks, chooses a team without threads, and somebody there quotes a post."""
        for said in ("hello", choice):
            self.happen(self.people.writes(contact, said, self.process.clock()))
            self.sleep(timedelta(seconds=2))
        if choice == "fish":
            self.grouped_writes(MARKET, MEMBERS[0], Way.QUOTE, place, REPLIES[0])
        else:
            self.listed_writes(member, Way.QUOTE, place, REPLIES[0])

    @rule()
    def all_come_on_duty(self) -> None:
        """Every member of a list is there."""
        for member in ALONE:
            self.listed_goes_on_duty(member, "on")

    @rule(
        room=st.sampled_from(FLAT),
        who=st.sampled_from(MEMBERS),
        way=st.sampled_from([Way.QUOTE, Way.OWN, Way.QUOTE]),
        place=places,
        text=st.sampled_from([*REPLIES, *SECRETS]),
    )
    def grouped_writes(self, room: ChatRef, who: Sender, way: Way, place: int, text: str) -> None:
        """A member answers a post in a group without threads, or what was said there; or just talks."""
        if self.may_write(room):
            self.writes(room, who, self.letter(room, way, text, place), "R" if text in REPLIES else "N")

    @rule(place=places, is_window_shut=st.booleans())
    def failure_is_reported_late(self, place: int, is_window_shut: bool) -> None:
        """A platform reports that something did not arrive which it had taken."""
        platforms = (self.town["phone"], self.town["shop"])
        sent = [(each, platform) for platform in platforms for each in platform.shown[-4:]]
        if sent and (chosen := sent[place % len(sent)])[0].record_id != HOUSE:
            each, platform = chosen
            platform.lose(each)
            receipt = DeliveryReceipt(
                message_id=each.first.message_id,
                state=ReceiptState.FAILED,
                reason="it did not arrive",
                is_window_shut=is_window_shut,
            )
            self.loop.run_until_complete(self.process.core.receiver.report(receipt))

    # How they do it

    def may_write(self, chat: ChatRef) -> bool:
        """Whether a team is there, by the config.toml that is in force."""
        return self.variant == 2 if chat == YARD else chat in FLAT or is_member(chat, self.variant)

    def letter(self, chat: ChatRef, way: Way, text: str, place: int) -> Letter:
        platform = self.town[chat.channel]
        shown = platform.in_chat(chat)
        if way is Way.BOTH:
            # For some moments after a doubt the bot does not know such a post, and goes by the code.
            doubted = {message.message_id for message in platform.doubted}
            shown = [each for each in shown if each.first.message_id not in doubted]
        return self.addressing.letter(chat, way, text, shown=shown, codes=self.codes(), place=place)

    def writes(self, chat: ChatRef, who: Sender, letter: Letter, mark: str) -> None:
        """A member writes; whom it may go to, when they do not say it, is told by what they had seen."""
        platform, now = self.town[chat.channel], self.process.clock()
        before = platform.in_chat(chat)
        event = self.people.answers(chat, who, letter.text, now, letter=mark, quotes=letter.quotes)
        # Known before it is delivered: the bot is killed with it on the way.
        self.reply_to[marked(event)] = letter.to
        self.happen(event)
        to = letter.to
        if letter.goes_on and chat in ALONE:
            seen = [*before[-1:], *(each for each in platform.in_chat(chat) if each not in before)]
            to = self.reply_to[marked(event)] = self.addressing.going_on(chat, seen, now)
        self.addressing.said[chat, event.message_id] = to
        if to is not None and chat in ALONE:
            self.addressing.wrote[chat] = (to, now)
