"""What can happen to the bot: people write and press, platforms fail, it is stopped, killed and started."""

import asyncio
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.api import ChatRef, Sender
from bot.model import SEEN_KEPT
from tests.properties.places import (
    ALONE,
    CONTACTS,
    FILES,
    INBOX,
    MEMBERS,
    ROOMS,
    SHOWING,
    TEAM_OF,
    THREADED,
    YARD,
    settings,
)
from tests.properties.promises import read_by
from tests.properties.showing import OWNERS
from tests.properties.town import REFUSALS, Trouble
from tests.properties.without_threads import WithoutThreads
from tests.properties.words import GENERAL, REPLIES, SAID, SECRETS, marked, person

contacts = st.sampled_from(CONTACTS)
rooms = st.sampled_from(SHOWING)
members = st.sampled_from(MEMBERS)
places = st.integers(min_value=0, max_value=1000)
ALL_TROUBLES = tuple(Trouble)
SAFE_TROUBLES = tuple(trouble for trouble in Trouble if trouble not in REFUSALS)


class WholeBot(WithoutThreads):
    """The bot, whatever happens to it."""

    # What people do

    @rule(
        contact=contacts, said=st.lists(st.sampled_from(SAID), min_size=1, max_size=4), at_once=st.booleans()
    )
    def contact_writes(self, contact: ChatRef, said: list[str], at_once: bool) -> None:
        """A contact writes, in a burst or one after another."""
        if at_once:
            self.happen(*(self.people.writes(contact, each, self.process.clock()) for each in said))
        else:
            for each in said:
                self.happen(self.people.writes(contact, each, self.process.clock()))
                self.sleep(timedelta(seconds=2))

    @rule(contact=contacts, choice=st.sampled_from(["hours", *TEAM_OF]), who=members, place=places)
    def contact_is_served(self, contact: ChatRef, choice: str, who: Sender, place: int) -> None:
        """A contact asks, chooses a team, and is answered there."""
        for said in ("hello", choice):
            self.happen(self.people.writes(contact, said, self.process.clock()))
            self.sleep(timedelta(seconds=2))
        self.reply(place, who, REPLIES[0])

    @rule(contact=contacts, place=places)
    def contact_presses(self, contact: ChatRef, place: int) -> None:
        """A contact presses a button of a menu, an old one maybe."""
        shown = [each for each in self.town[contact.channel].in_chat(contact) if each.message.choices]
        if shown:
            choices = shown[-1 - place % min(len(shown), 2)].message.choices
            choice = choices[place % len(choices)]
            self.happen(self.people.presses(contact, choice.choice_id, self.process.clock()))

    @rule(place=places, change=st.sampled_from(["edit", "delete", "react"]))
    def contact_changes(self, place: int, change: str) -> None:
        """A contact changes what they wrote."""
        if not self.people.by:
            return
        mark = sorted(self.people.by)[-1 - place % min(len(self.people.by), 6)]
        contact, now = self.people.by[mark], self.process.clock()
        match change:
            case "edit":
                self.happen(self.people.edits(contact, mark, now))
            case "delete":
                self.happen(self.people.takes_back(contact, mark, now))
            case _:
                self.happen(self.people.reacts(contact, mark, now))

    @rule(place=places, who=members, text=st.sampled_from(REPLIES))
    def member_replies(self, place: int, who: Sender, text: str) -> None:
        """A member writes to the contact in a thread."""
        self.reply(place, who, text)

    def reply(self, place: int, who: Sender, text: str) -> None:
        if thread := self.thread(place):
            event = self.people.answers(thread, who, text, self.process.clock(), letter="R")
            contact = self.contact_of(thread)
            if contact is not None:
                self.reply_to[marked(event)] = contact
            self.happen(event)

    @rule(place=places, who=members, text=st.sampled_from(SECRETS))
    def member_commands(self, place: int, who: Sender, text: str) -> None:
        """A member writes a note or a command in a thread."""
        if thread := self.thread(place):
            self.happen(self.people.answers(thread, who, text, self.process.clock(), letter="N"))

    @rule(place=places, who=members, room=st.sampled_from(ROOMS), text=st.sampled_from(GENERAL))
    def member_writes_in_general(self, place: int, who: Sender, room: ChatRef, text: str) -> None:
        """A member writes in the general section, or in a group, of a conversation maybe."""
        if room == YARD and self.variant != 2:
            return
        codes = [row.code for row in self.process.core.store.index.live()] or ["K7"]
        text = text.replace("{code}", sorted(codes)[place % len(codes)])
        self.happen(self.people.answers(room, who, text, self.process.clock(), letter="N"))

    @rule(place=places, choice=places, who=members)
    def member_presses(self, place: int, choice: int, who: Sender) -> None:
        """A member presses a button of a card or a notice, an old one maybe."""
        shown = [
            each
            for room in SHOWING
            if room in THREADED or self.may_write(room)
            for each in self.town[room.channel].in_chat(room)
            if each.message.choices and self.is_there(each.first.chat)
        ]
        if not shown:
            return
        each = shown[-1 - place % min(len(shown), 8)]
        chat = each.first.chat
        choice_id = each.message.choices[choice % len(each.message.choices)].choice_id
        if " again " in choice_id and (contact := OWNERS.get(each.record_id)):
            self.sent_again[contact] += 1
        if chat in ALONE:
            who = person(chat)
        self.happen(self.people.presses(chat, choice_id, self.process.clock(), who))

    @rule(place=places, who=members, is_closed=st.booleans())
    def member_changes_thread(self, place: int, who: Sender, is_closed: bool) -> None:
        """A member closes or opens a thread by hand."""
        if thread := self.thread(place):
            assert thread.thread_id is not None
            self.town["desk"].threads[thread.thread_id].is_closed = is_closed
            self.happen(self.people.changes_thread(thread, who, self.process.clock(), is_closed=is_closed))

    @precondition(lambda self: self.delivered)
    @rule(place=places)
    def event_comes_again(self, place: int) -> None:
        """A platform delivers an event again: nothing changes, and nothing is sent."""
        self.calm()
        event = self.delivered[-1 - place % min(len(self.delivered), SEEN_KEPT // 2)]
        if event.chat in ROOMS:
            # A command that names a conversation is answered anew once that conversation is closed.
            return
        if event.chat in ALONE and not self.may_write(event.chat):
            return
        before, shown = self.records(), [len(platform.shown) for platform in self.town.values()]
        read = [read_by(self.town, contact) for contact in CONTACTS]
        self.loop.run_until_complete(self.process.receive(event))
        self.calm()
        if event.chat in ALONE:
            # After a restart a member who did not say for whom it is hears that it was not sent.
            now_read = [read_by(self.town, contact) for contact in CONTACTS]
            assert now_read == read, f"{event} came again and was sent"
            return
        assert self.records() == before, f"{event} came again and changed a record"
        assert [len(platform.shown) for platform in self.town.values()] == shown

    # What platforms, time and admins do

    @rule(contact=contacts, troubles=st.lists(st.sampled_from(ALL_TROUBLES), min_size=1, max_size=3))
    def contact_is_hard_to_reach(self, contact: ChatRef, troubles: list[Trouble]) -> None:
        """The next calls for a contact fail."""
        self.town[contact.channel].fail_next(contact.chat_id, *troubles)

    @rule(room=rooms, troubles=st.lists(st.sampled_from(ALL_TROUBLES), min_size=1, max_size=3))
    def room_is_hard_to_reach(self, room: ChatRef, troubles: list[Trouble]) -> None:
        """The next calls for a team chat fail; the inbox is the last resort, and refuses nothing for good."""
        allowed = [each for each in troubles if room != INBOX or each in SAFE_TROUBLES]
        self.town[room.channel].fail_next(room.chat_id, *allowed)

    @rule(place=places)
    def thread_is_lost(self, place: int) -> None:
        """Somebody deletes a thread."""
        if (thread := self.thread(place)) and thread.thread_id:
            self.town["desk"].threads[thread.thread_id].is_lost = True

    @rule(duration=st.sampled_from(["0.01s", "1s", "10s", "3m", "3h", "30h"]))
    def time_passes(self, duration: str) -> None:
        """Time passes, and timers fire."""
        unit = {"s": "seconds", "m": "minutes", "h": "hours"}[duration[-1]]
        self.sleep(timedelta(**{unit: float(duration[:-1])}))

    @rule(variant=st.integers(min_value=0, max_value=FILES - 1))
    def config_is_reloaded(self, variant: int) -> None:
        """The admin changes config.toml."""
        self.variants.append((self.loop.time(), variant))
        self.loop.run_until_complete(self.process.reload(settings(variant)))

    @rule()
    def bot_restarts(self) -> None:
        """The bot is stopped and started."""
        self.loop.run_until_complete(self.process.stop())
        self.check_broken()
        self.start(self.process.data)

    @rule(
        contact=contacts,
        said=st.lists(st.sampled_from(SAID), max_size=3),
        milliseconds=st.integers(min_value=0, max_value=60),
    )
    def bot_is_killed(self, contact: ChatRef, said: list[str], milliseconds: int) -> None:
        """The bot is killed in the middle of what it does, and started."""
        for each in said:
            self.send(self.people.writes(contact, each, self.process.clock()))
        self.loop.run_until_complete(self.killed_after(milliseconds / 1000))
        self.kills += 1
        self.check_broken()
        self.start(Path(self.folder.name) / f"{self.starts}")

    async def killed_after(self, seconds: float) -> None:
        """Deliver what waits, and be killed meanwhile."""
        tasks = [asyncio.create_task(self.push(chat)) for chat in self.waiting]
        await asyncio.sleep(seconds)
        await self.process.kill(Path(self.folder.name) / f"{self.starts}")
        assert all(task.done() for task in tasks)
