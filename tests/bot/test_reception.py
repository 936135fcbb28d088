"""Where events come in: which record they change, and who decides it; over a real store."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.api import (
    ButtonPressed,
    Capabilities,
    ChatMovedTo,
    ChatRef,
    DeliveryReceipt,
    EchoReceived,
    IncomingMessage,
    MessageEdited,
    ReactionChanged,
    ReceiptState,
    Sender,
)
from bot.codes import CodeMaker
from bot.deciding import Rules
from bot.desk.outcomes import DeskOutcomes
from bot.duty import Duty
from bot.intake import Intake
from bot.model import HOUSE, Action, House, OutboxItem, Progress, Record, Status, record_id_of
from bot.moves import Moves
from bot.pipeline import compose, layers
from bot.reception import Receiver
from bot.rulebook import Rulebook
from bot.store import Store
from bot.turn import Surroundings
from tests.bot.building import ANN, ASSIGNED, INBOX_CHAT, START, SUPPORT, WELCOME, settings_of
from tests.bot.store.examples import Clock, Disk

ANN_ID = record_id_of(ANN)


@dataclass(slots=True)
class Offered:
    """Delivery as a list."""

    items: list[OutboxItem] = field(default_factory=list)

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        self.items.extend(items)

    def texts(self, chat: ChatRef) -> list[str]:
        """What was to be said in a chat."""
        return [item.text for item in self.items if item.chat == chat and item.text]


@dataclass(slots=True)
class Rig:
    """The way in, as it runs, over a real store."""

    receiver: Receiver
    intake: Intake
    store: Store
    offered: Offered
    disk: Disk
    clock: Clock
    observed: list[tuple[str, str]]
    moves: Moves

    async def writes(self, text: str, *, chat: ChatRef = ANN, event_id: str = "", **more: Any) -> bool:
        """Somebody writes in a chat; whether that was new."""
        self.clock.forward(timedelta(seconds=1))
        event_id = event_id or f"e{self.clock.now.timestamp()}"
        sender = more.pop("sender", Sender(sender_id=chat.chat_id, first_name=chat.chat_id.title()))
        event = IncomingMessage(
            event_id=event_id,
            chat=chat,
            sender=sender,
            sent_at=self.clock.now,
            text=text,
            message_id=f"m{event_id}",
            **more,
        )
        return (await self.receiver.receive(event)).is_new

    async def record(self, chat: ChatRef = ANN) -> Record:
        """What is held on a contact."""
        found = await self.store.load(record_id_of(chat))
        assert isinstance(found, Record)
        return found

    async def deliver(self, chat: ChatRef = ANN) -> None:
        """Everything in the contact's outbox arrives."""
        outcomes = self.receiver._outcomes

        def change(ledger: Any, now: Any) -> None:
            for item in list(ledger.outbox.values()):
                where = item.chat
                if item.action in {Action.POST, Action.CARD}:
                    outcomes.thread_opened(ledger, item, "t1", now)
                    where = where.thread("t1")
                outcomes.sent(ledger, [item], where, (f"p{item.number}",), now)

        await self.intake.apply(record_id_of(chat), change, durable=True)


def _abilities(_chat: ChatRef) -> Capabilities:
    return Capabilities(text_limit=4096, threads=True)


@asynccontextmanager
async def rig(data: Path, **routing: object) -> AsyncIterator[Rig]:
    clock, disk, offered = Clock(START), Disk(), Offered()
    observed: list[tuple[str, str]] = []
    moves = Moves()
    settings = settings_of(**routing)  # type: ignore[arg-type]
    rules = Rules(book=Rulebook(settings), pipeline=compose(layers(settings)))
    store = Store(data, clock=clock, storage=disk.storage(), write_behind=timedelta(days=1))
    await store.open()
    index, duty = store.index, Duty(_abilities)
    intake = Intake(store=store, offers=offered, clock=clock, on_written=lambda: None)
    receiver = Receiver(
        intake=intake,
        index=index,
        rules=lambda: rules,
        around=Surroundings(
            new_code=CodeMaker(index.code_is_free),
            thread_link=lambda _chat: "",
            is_code=lambda code: index.record_of_code(code) is not None,
            abilities=_abilities,
            duty=duty,
        ),
        outcomes=DeskOutcomes(lambda: rules.book, _abilities, duty),
        moves=moves,
        clock=clock,
        observe=lambda channel, handled_by, _seconds: observed.append((channel, handled_by)),
    )
    try:
        yield Rig(receiver, intake, store, offered, disk, clock, observed, moves)
        await intake.drain()
    finally:
        disk.fails_at = ""
        await store.close()


async def test_a_contact_s_message_is_decided_and_stored(tmp_path: Path) -> None:
    """A first message begins a record, and its answer is offered once both are on disk."""
    async with rig(tmp_path) as world:
        assert await world.writes("Hello")
        record = await world.record()
        assert next(line.text for line in record.messages.values()) == "Hello"
        assert world.offered.texts(ANN) == [WELCOME]
        assert world.store.is_written(ANN_ID)
        assert world.observed == [("shop", "welcome")]


async def test_a_redelivered_event_is_not_new(tmp_path: Path) -> None:
    """An event that comes again is known, nothing is written, and nothing is sent."""
    async with rig(tmp_path) as world:
        await world.writes("Hello", event_id="twice")
        before, written = await world.record(), len(world.disk.written)
        assert not await world.writes("Hello", event_id="twice")
        assert await world.record() is before
        assert len(world.disk.written) == written
        assert len(world.offered.items) == 1


async def test_redelivery_is_known_after_a_restart(tmp_path: Path) -> None:
    """What one process received, the next does not receive again."""
    async with rig(tmp_path) as world:
        await world.writes("Hello", event_id="twice")
    async with rig(tmp_path) as world:
        assert not await world.writes("Hello", event_id="twice")
        assert world.offered.items == []


async def test_contacts_are_served_in_parallel(tmp_path: Path) -> None:
    """Each contact has a record, a conversation and a code of their own."""
    async with rig(tmp_path) as world:
        chats = [ChatRef("shop", f"c{number}") for number in range(20)]
        await asyncio.gather(*(world.writes("Hello", chat=chat) for chat in chats))
        records = [await world.record(chat) for chat in chats]
        codes = {record.conversations[1].code for record in records}
        assert len(codes) == 20


async def test_a_full_disk_is_not_acknowledged(tmp_path: Path) -> None:
    """What could not be written is refused, and is new when the platform delivers it again."""
    async with rig(tmp_path) as world:
        world.disk.fails_at = "fill"
        with pytest.raises(OSError, match="No space"):
            await world.writes("Hello", event_id="again")
        assert world.offered.items == []
        world.disk.fails_at = ""
        assert await world.writes("Hello", event_id="again")
        assert world.offered.texts(ANN) == [WELCOME]


async def test_while_stopping_nothing_is_acknowledged(tmp_path: Path) -> None:
    """After `close` events and receipts are refused, so that their platform keeps them."""
    async with rig(tmp_path) as world:
        world.receiver.close()
        with pytest.raises(OSError, match="stopping"):
            await world.writes("Hello")
        with pytest.raises(OSError, match="stopping"):
            await world.receiver.report(DeliveryReceipt(message_id=f"{ANN_ID}.1"))


async def test_a_program_is_no_contact(tmp_path: Path) -> None:
    """Another bot that writes in is never answered, and nothing is kept of it."""
    async with rig(tmp_path) as world:
        await world.writes("Beep", sender=Sender(sender_id="x", is_bot=True))
        assert ANN_ID not in world.store.index
        assert world.offered.items == []


async def test_only_words_begin_a_record(tmp_path: Path) -> None:
    """A stranger's reaction, an edit of something unknown, and an echo of ours, keep nothing."""
    async with rig(tmp_path) as world:
        known = {"chat": ANN, "sent_at": START, "message_id": "m"}
        sender = Sender(sender_id="ann")
        for event in (
            ReactionChanged(event_id="1", sender=sender, emoji="👍", **known),  # type: ignore[arg-type]
            MessageEdited(event_id="2", sender=sender, text="x", **known),  # type: ignore[arg-type]
            EchoReceived(event_id="3", outgoing_id=f"{ANN_ID}.7", **known),  # type: ignore[arg-type]
        ):
            await world.receiver.receive(event)
        assert ANN_ID not in world.store.index


async def test_a_colleague_elsewhere_begins_a_record(tmp_path: Path) -> None:
    """A message that a person sent from the platform's own app is kept, and the inbox reads it."""
    async with rig(tmp_path) as world:
        event = EchoReceived(event_id="1", chat=ANN, sent_at=START, message_id="m", text="Hi, it is me")
        await world.receiver.receive(event)
        assert world.offered.texts(INBOX_CHAT) == ["Answered elsewhere, not from here: Hi, it is me"]


async def test_a_timer_acts_once(tmp_path: Path) -> None:
    """A burst that has ended is answered when its timer comes due, and not again after it."""
    async with rig(tmp_path, settle="1.5s") as world:
        await world.writes("Hello")
        assert world.store.index.due(world.clock.now) == []
        world.clock.forward(timedelta(seconds=2))
        assert world.store.index.due(world.clock.now) == [ANN_ID]
        await world.receiver.due(ANN_ID)
        assert world.offered.texts(ANN) == [WELCOME]
        assert world.store.index.due(world.clock.now) == []
        await world.receiver.due(ANN_ID)
        assert world.offered.texts(ANN) == [WELCOME]


async def test_timers_are_rebuilt_after_a_restart(tmp_path: Path) -> None:
    """A timer that came due while the process was down is due at the next start, and acts once."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
    async with rig(tmp_path) as world:
        world.clock.forward(timedelta(days=3))
        assert world.store.index.due(world.clock.now) == [ANN_ID]
        await world.receiver.due(ANN_ID)
        assert world.store.index.next_due() is None
        assert "Silent since the menu." in world.offered.texts(INBOX_CHAT)


async def test_a_timer_of_a_record_that_was_erased_does_nothing(tmp_path: Path) -> None:
    """A timer that outlived its record changes nothing."""
    async with rig(tmp_path) as world:
        await world.receiver.due(ANN_ID)
        assert ANN_ID not in world.store.index


async def test_what_a_team_writes_in_a_thread_reaches_its_contact(tmp_path: Path) -> None:
    """A member's words in a contact's thread go to that contact."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
        await world.writes("help")
        await world.deliver()
        await world.writes("Hi Ann", chat=SUPPORT.thread("t1"), sender=Sender(sender_id="bob", name="Bob"))
        assert world.offered.texts(ANN) == [WELCOME, ASSIGNED, "Hi Ann"]
        assert world.observed[-1][0] == "desk"


async def test_a_reply_in_a_flat_group_reaches_its_contact(tmp_path: Path) -> None:
    """A post that answers a contact's post is of that contact."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
        await world.writes("help")
        await world.deliver()
        record = await world.record()
        post = next(line.posts[0] for line in record.messages.values() if line.posts)
        bob = Sender(sender_id="bob", name="Bob")
        await world.writes("/close", chat=SUPPORT, sender=bob, reply_to=post.platform_id)
        assert (await world.record()).conversations[1].status is Status.CLOSED


async def test_the_general_section_belongs_to_no_contact(tmp_path: Path) -> None:
    """A command in the general section is answered from the house's record, once."""
    async with rig(tmp_path) as world:
        bob = Sender(sender_id="bob", name="Bob")
        assert await world.writes("/queue", chat=SUPPORT, sender=bob, event_id="q")
        assert not await world.writes("/queue", chat=SUPPORT, sender=bob, event_id="q")
        assert world.offered.texts(SUPPORT) == ["Nobody is waiting."]
        assert len(world.store.index) == 1


async def test_a_button_s_notice_comes_back(tmp_path: Path) -> None:
    """Whoever presses a button is told what came of it."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
        await world.writes("help")
        await world.deliver()
        code = (await world.record()).conversations[1].code
        event = ButtonPressed(
            event_id="b1",
            chat=SUPPORT.thread("t1"),
            sender=Sender(sender_id="bob", name="Bob"),
            sent_at=world.clock.now,
            choice_id=f"{code} claim",
        )
        reception = await world.receiver.receive(event)
        assert reception.is_new
        assert reception.notice == f"Bob has {code}."


async def test_a_receipt_is_written_down(tmp_path: Path) -> None:
    """What a platform says later of a message is kept; ids that are not ours are left alone."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
        await world.deliver()
        (sent,) = (line for line in (await world.record()).messages.values() if line.sent_as)
        await world.receiver.report(
            DeliveryReceipt(message_id=f"{ANN_ID}.{sent.sent_as}", state=ReceiptState.READ)
        )
        assert (await world.record()).messages[sent.number].progress is Progress.READ
        before = await world.record()
        for foreign in ("nonsense", "shop-0123456789abcdef.4", f"{ANN_ID}.x", ""):
            await world.receiver.report(DeliveryReceipt(message_id=foreign))
        assert await world.record() is before


async def test_a_team_chat_that_moved_is_known_under_its_new_address(tmp_path: Path) -> None:
    """After a move, also a second one, what is written in the chat is still the team's."""
    async with rig(tmp_path) as world:
        moves = [("support", "-100"), ("-100", "-200")]
        for number, (old, new) in enumerate(moves):
            await world.receiver.receive(
                ChatMovedTo(event_id=f"mv{number}", chat=ChatRef("desk", old), sent_at=START, new_chat_id=new)
            )
        await world.writes("/queue", chat=ChatRef("desk", "-200"), sender=Sender(sender_id="bob"))
        assert world.offered.texts(SUPPORT) == ["Nobody is waiting."]
        house = await world.store.load(HOUSE)
        assert isinstance(house, House)
        assert house.moved == {"desk:support": "desk:-200", "desk:-100": "desk:-200"}


async def test_moves_of_an_earlier_run_are_known(tmp_path: Path) -> None:
    """What moved before the start counts as what moves now."""
    async with rig(tmp_path) as world:
        world.moves.take({"desk:support": "desk:-100"})
        await world.writes("/queue", chat=ChatRef("desk", "-100"), sender=Sender(sender_id="bob"))
        assert world.offered.texts(SUPPORT) == ["Nobody is waiting."]


async def test_an_alert_goes_to_the_inbox(tmp_path: Path) -> None:
    """An announcement is posted in the general section of the inbox."""
    async with rig(tmp_path) as world:
        await world.receiver.announce("The disk is full.")
        assert world.offered.texts(INBOX_CHAT) == ["The disk is full."]


async def test_a_record_that_turns_out_to_be_unreadable_loses_no_message(tmp_path: Path) -> None:
    """A message for a record that has to be set aside begins a new one."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
    (path,) = (tmp_path / "contacts").rglob("*.json")
    async with rig(tmp_path) as world:
        path.write_text("{", encoding="utf-8")
        assert await world.writes("Are you there?")
        (found,) = world.store.quarantined
        assert found.path.name.startswith(path.stem)
        assert "Are you there?" in [line.text for line in (await world.record()).messages.values()]


async def test_a_turn_is_one_line_without_the_text(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each event is one line at INFO: channel, code, layer and time, and never what was written."""
    async with rig(tmp_path) as world:
        with caplog.at_level(logging.INFO, logger="bot.reception"):
            await world.writes("Secret words")
        (line,) = [entry.message for entry in caplog.records if entry.name == "bot.reception"]
        code = (await world.record()).conversations[1].code
        assert line.startswith(f"shop {code} welcome ")
        assert line.endswith(" ms")
        assert "Secret" not in caplog.text


async def test_a_reply_in_a_thread_that_is_just_being_made(tmp_path: Path) -> None:
    """A member who answers in a thread before it is written down reaches its contact all the same."""
    async with rig(tmp_path) as world:
        await world.writes("Hello")
        await world.writes("help")

        async def write_down(_seconds: float) -> None:
            await world.deliver()

        world.receiver._team_side._sleep = write_down
        await world.writes("Hi Ann", chat=SUPPORT.thread("t1"), sender=Sender(sender_id="bob", name="Bob"))
        assert world.offered.texts(ANN)[-1] == "Hi Ann"
