"""Receipts: marks on the member's own post, moving only forward, and what failed or is in doubt."""

from datetime import timedelta

import pytest

from bot.api import DeliveryReceipt, Mark, ReceiptState
from bot.model import Action, Progress, Status
from tests.bot.building import ANN, INBOX_CHAT
from tests.bot.desk.platform import failing, gone, held, uncertain
from tests.bot.desk.world import World

SENT, DELIVERED, READ, FAILED = (
    ReceiptState.SENT,
    ReceiptState.DELIVERED,
    ReceiptState.READ,
    ReceiptState.FAILED,
)


def receipt_of(desk: World, number: int, state: ReceiptState) -> DeliveryReceipt:
    return DeliveryReceipt(message_id=desk.record().item_id(number), state=state)


async def test_marks(desk: World) -> None:
    """A reply is marked as sent, delivered and read, on the member's own post, without a post."""
    event = await desk.writes("Hello.")
    posts = desk.texts()
    await desk.reports(DELIVERED, desk.line("Hello."))
    await desk.reports(READ, desk.line("Hello."))
    assert desk.marks(event) == [Mark.SENT, Mark.DELIVERED, Mark.READ]
    assert desk.texts() == posts


@pytest.mark.parametrize(
    ("states", "marks"),
    [
        ((READ, DELIVERED, SENT), [Mark.SENT, Mark.READ]),
        ((DELIVERED, DELIVERED), [Mark.SENT, Mark.DELIVERED]),
        ((FAILED, SENT, DELIVERED), [Mark.SENT, Mark.FAILED]),
        ((FAILED, FAILED), [Mark.SENT, Mark.FAILED]),
        ((READ, FAILED), [Mark.SENT, Mark.READ]),
    ],
)
async def test_only_forward(desk: World, states: tuple[ReceiptState, ...], marks: list[Mark]) -> None:
    """Receipts that come late or twice move no mark back."""
    event = await desk.writes("Hello.")
    for state in states:
        await desk.reports(state, desk.line("Hello."))
    assert desk.marks(event) == marks


async def test_one_part_fails(desk: World) -> None:
    """Of a reply in several parts, one that fails is told though another arrived."""
    desk.is_delivering = False
    await desk.writes("Two parts")
    item = next(item for item in desk.record().outbox.values() if item.action is Action.SEND)
    await desk.intake.apply(
        desk.record().record_id,
        lambda ledger, now: desk.outcomes.sent(ledger, [item], ANN, ("a", "b"), now),
    )
    desk.is_delivering = True
    await desk.deliver()
    await desk.reports(DELIVERED, desk.line("Two parts"))
    await desk.reports(FAILED, desk.line("Two parts"), "no such number")
    assert desk.progress("Two parts") is Progress.FAILED
    assert desk.texts()[-1] == "Not delivered to Ann Lee: no such number"


async def test_early_receipt(desk: World) -> None:
    """A receipt that comes before the send is written down counts."""
    desk.is_delivering = False
    await desk.writes("Hello.")
    item = next(item for item in desk.record().outbox.values() if item.action is Action.SEND)
    await desk.receiver.report(receipt_of(desk, item.number, DELIVERED))
    desk.is_delivering = True
    await desk.deliver()
    assert desk.progress("Hello.") is Progress.DELIVERED


async def test_failure(desk: World) -> None:
    """A failure is a post with the cause, quoting the reply, and a button that sends it again once."""
    desk.platform.befall(Action.SEND, ANN, failing("the number does not exist"))
    event = await desk.writes("Hello.")
    assert desk.marks(event) == [Mark.FAILED]
    notice = desk.thread()[-1]
    number = desk.line("Hello.").number
    assert notice.text == "Not delivered to Ann Lee: the number does not exist"
    assert notice.actions == [f"again {number}"]
    assert notice.item.quotes == number
    assert await desk.presses(notice.actions[0]) == "Sent again."
    assert await desk.presses(notice.actions[0]) == "This button is out of date."
    assert desk.told().count("Hello.") == 1
    assert desk.marks(event) == [Mark.FAILED, Mark.SENT]


async def test_failed_and_deleted(desk: World) -> None:
    """A reply that failed, and that its author deleted, is not sent again."""
    desk.platform.befall(Action.SEND, ANN, failing())
    event = await desk.writes("Hello.")
    notice = desk.thread()[-1]
    await desk.deletes(event)
    assert await desk.presses(notice.actions[0]) == "This button is out of date."
    assert "Hello." not in desk.told()


async def test_late_failure(desk: World) -> None:
    """A failure that the platform reports later is told like one at once, and once."""
    event = await desk.writes("Hello.")
    await desk.reports(FAILED, desk.line("Hello."), "blocked as spam")
    await desk.reports(FAILED, desk.line("Hello."), "blocked as spam")
    assert desk.texts().count("Not delivered to Ann Lee: blocked as spam") == 1
    assert desk.marks(event) == [Mark.SENT, Mark.FAILED]


async def test_old_failure_after_again(desk: World) -> None:
    """A late report on the first attempt says nothing of the second."""
    await desk.writes("Hello.")
    first = desk.line("Hello.")
    await desk.reports(FAILED, first, "busy")
    notice = desk.thread()[-1]
    desk.is_delivering = False
    await desk.presses(notice.actions[0])
    await desk.reports(FAILED, first, "busy")
    assert desk.progress("Hello.") is Progress.PENDING


async def test_failure_of_the_bot(world: World) -> None:
    """When the bot's own words fail before a team has the chat, the inbox's general section is told."""
    world.platform.befall(Action.SEND, ANN, failing("refused"))
    await world.says("Hello")
    assert world.general(INBOX_CHAT) == ["Not delivered to Ann Lee: refused"]
    assert world.record().contact.thread_in(INBOX_CHAT) is None


async def test_uncertain(desk: World) -> None:
    """A reply that may have arrived is marked, told with its text, and sent again only when asked."""
    desk.platform.befall(Action.SEND, ANN, uncertain)
    event = await desk.writes("Hello.")
    assert desk.marks(event) == [Mark.UNCERTAIN]
    notice = desk.thread()[-1]
    assert "may have arrived. “Hello.”" in notice.text
    assert "Hello." not in desk.told()
    await desk.presses(notice.actions[0])
    assert desk.told()[-1] == "Hello."


async def test_uncertain_and_arrived(desk: World) -> None:
    """A receipt settles the doubt, and then there is nothing to send again."""
    desk.platform.befall(Action.SEND, ANN, uncertain)
    desk.is_delivering = False
    event = await desk.writes("Hello.")
    item = next(item for item in desk.record().outbox.values() if item.action is Action.SEND)
    desk.is_delivering = True
    await desk.deliver()
    notice = desk.thread()[-1]
    await desk.receiver.report(receipt_of(desk, item.number, DELIVERED))
    await desk.deliver()
    assert desk.marks(event) == [Mark.UNCERTAIN, Mark.DELIVERED]
    assert await desk.presses(notice.actions[0]) == "This button is out of date."


async def test_held_and_released(desk: World) -> None:
    """A reply for a shut window is told once, and goes out when the contact writes."""
    desk.platform.befall(Action.SEND, ANN, held("The window is shut."))
    event = await desk.writes("Hello.")
    assert desk.texts()[-1] == "Not sent: The window is shut. It goes out when Ann Lee writes again."
    assert desk.progress("Hello.") is Progress.HELD
    assert "Hello." not in desk.told()
    await desk.says("I am back")
    assert desk.told()[-1] == "Hello."
    assert desk.marks(event) == [Mark.SENT]


async def test_held_until_it_is_over(desk: World) -> None:
    """A reply whose conversation is over when the contact writes again is not sent, and its team is told."""
    desk.platform.befall(Action.SEND, ANN, held("The window is shut."))
    event = await desk.writes("Hello.")
    code = desk.code()
    await desk.writes("/close")
    failed_before = desk.record().conversations[1].failed_sends
    desk.now += timedelta(days=3)
    await desk.says("Something else")
    assert desk.conversation().number == 2
    assert "Hello." not in desk.told()
    assert desk.texts()[-1] == f"Not sent to Ann Lee: {code} was over before they wrote again. “Hello.”"
    assert desk.progress("Hello.") is Progress.FAILED
    assert desk.record().conversations[1].failed_sends == failed_before + 1
    assert desk.marks(event) == [Mark.FAILED]


async def test_held_twice(desk: World) -> None:
    """What is held once more after it was let go is told once more."""
    desk.platform.befall(Action.SEND, ANN, held("Shut."), held("Shut."))
    await desk.writes("Hello.")
    await desk.says("I am back")
    assert [text for text in desk.texts() if text.startswith("Not sent: Shut.")] == [desk.texts()[-1]] * 2


async def test_unreachable(desk: World) -> None:
    """A contact who blocked us is shown as unreachable until something reaches them."""
    desk.platform.befall(Action.SEND, ANN, gone("blocked the bot"))
    await desk.writes("Hello.")
    assert "Unreachable: blocked the bot" in desk.card().text
    assert desk.texts()[-1] == "Not delivered to Ann Lee: blocked the bot"
    await desk.writes("Still there?")
    assert "Unreachable" not in desk.card().text


async def test_receipts_of_posts(desk: World) -> None:
    """A receipt for a post in a team chat says nothing of the contact's messages."""
    await desk.writes("Hello.")
    desk.is_delivering = False
    await desk.writes("/transfer sales")
    number = desk.line("Hello.").number
    post = next(item for item in desk.record().outbox.values() if number in item.messages)
    assert post.action is Action.POST
    await desk.receiver.report(receipt_of(desk, post.number, READ))
    await desk.deliver()
    assert desk.progress("Hello.") is Progress.SENT


async def test_receipt_of_nothing(desk: World) -> None:
    """A receipt for what was never sent changes nothing."""
    before = desk.record().messages
    await desk.receiver.report(receipt_of(desk, 9999, READ))
    await desk.deliver()
    assert desk.record().messages == before


async def test_failure_after_closing(desk: World) -> None:
    """A failure that is reported after closing is told in the thread."""
    await desk.writes("Hello.")
    await desk.writes("/close")
    await desk.reports(FAILED, desk.line("Hello."), "refused")
    assert desk.texts()[-1] == "Not delivered to Ann Lee: refused"
    assert desk.conversation().status is Status.CLOSED
