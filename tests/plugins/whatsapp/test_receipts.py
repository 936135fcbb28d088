"""What becomes of a message is reported once, and only forward; a failure says why, in words."""

import pytest

from bot.api import ChatRef, DeliveryReceipt, ReachabilityChanged, ReceiptState
from plugins.whatsapp.faults import Fault, fault_of
from tests.plugins.whatsapp.harness import CHANNEL
from tests.plugins.whatsapp.rig import BOB_CHAT, Rig


def states(rig: Rig) -> list[ReceiptState]:
    """What was reported, in order."""
    return [receipt.state for receipt in rig.host.reports]


async def test_item_7_callbacks_out_of_order(rig: Rig) -> None:
    """Callbacks that come late, twice or in any order only ever move a message forward."""
    message = await rig.sent(rig.message("Hello"))
    for status in ("queued", "delivered", "sent", "delivered", "sending", "read", "delivered", "failed"):
        assert await rig.platform.hooks.tell(message, status) == 200
    assert states(rig) == [ReceiptState.DELIVERED, ReceiptState.READ]
    assert {receipt.message_id for receipt in rig.host.reports} == {"record.1"}


async def test_item_7_failure_is_the_end(rig: Rig) -> None:
    """A message that failed stays failed, whatever is told afterwards."""
    message = await rig.sent(rig.message("Hello"))
    for status in ("sent", "undelivered", "failed", "sent", "delivered"):
        await rig.platform.hooks.tell(message, status)
    assert states(rig) == [ReceiptState.SENT, ReceiptState.FAILED]


async def test_item_7_callback_before_the_answer(rig: Rig) -> None:
    """A callback that overtakes the answer to the send is reported under our id all the same."""
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "whatsapp:+33687654321"}
    url = f"{rig.host.public_url}/webhooks/{CHANNEL}/status?id=record.7"
    assert (await rig.platform.hooks.post(url, form))[0] == 200
    assert rig.host.reports == [DeliveryReceipt(message_id="record.7", state=ReceiptState.DELIVERED)]


async def test_item_6_late_failure_of_a_shut_window(rig: Rig) -> None:
    """A window that was shut is told by callback after Twilio took the message, and the team reads why."""
    message = await rig.sent(rig.message("Hello"))
    await rig.platform.hooks.tell(message, "undelivered", error_code=63016)
    (receipt,) = rig.host.reports
    assert receipt.state is ReceiptState.FAILED
    assert receipt.is_window_shut
    assert receipt.reason == (
        "more than 24 hours have passed since the contact last wrote; WhatsApp takes only an approved "
        "template now (Twilio error 63016)"
    )
    assert not rig.host.events


@pytest.mark.parametrize("code", [63003, 63024, 21211, 21614, 63014, 21610])
async def test_contact_who_cannot_be_reached(rig: Rig, code: int) -> None:
    """A contact without WhatsApp, or who blocked us, is unreachable from then on, with the reason."""
    message = await rig.sent(rig.message("Hello"))
    for _ in range(2):
        await rig.platform.hooks.tell(message, "failed", error_code=code)
    (event,) = rig.host.events
    assert isinstance(event, ReachabilityChanged)
    assert (event.chat, event.is_reachable) == (BOB_CHAT, False)
    assert event.reason == rig.host.reports[0].reason


@pytest.mark.parametrize("code", [63041, 63007])
async def test_failures_that_somebody_must_mend(rig: Rig, code: int) -> None:
    """A paused template or a sender that was taken away is told to the inbox, once for all messages."""
    for _ in range(3):
        await rig.platform.hooks.tell(await rig.sent(rig.message("x")), "failed", error_code=code)
    (alert,) = rig.host.alerts
    assert str(code) in alert
    assert len(rig.host.reports) == 3


async def test_unknown_code_is_told_in_twilios_words(rig: Rig) -> None:
    """A failure that nobody knows yet is told with Twilio's own words and its code."""
    message = await rig.sent(rig.message("Hello"))
    await rig.platform.hooks.tell(message, "failed", error_code=63999)
    assert rig.host.reports[0].reason == (
        "Twilio refuses the message: Twilio's words for 63999 (Twilio error 63999)"
    )
    assert fault_of(63999) is Fault.UNKNOWN


async def test_callback_without_our_id(rig: Rig) -> None:
    """A callback at an address that Twilio has from elsewhere is known by Twilio's id, or counted."""
    message = await rig.sent(rig.message("Hello"))
    url = f"{rig.host.public_url}/webhooks/{CHANNEL}"
    for path in ("", "/status"):
        form = {"MessageSid": message.sid, "MessageStatus": "delivered", "SmsStatus": "delivered"}
        assert (await rig.platform.hooks.post(f"{url}{path}", form))[0] == 200
        assert (await rig.platform.hooks.post(f"{url}{path}", {**form, "MessageSid": "SM9"}))[0] == 200
    assert states(rig) == [ReceiptState.DELIVERED]
    assert rig.host.counts == {"other_status": 2}


async def test_status_that_nobody_knows(rig: Rig) -> None:
    """A word for a status that is not known yet is counted and left alone; no status at all is senseless."""
    message = await rig.sent(rig.message("Hello"))
    assert await rig.platform.hooks.tell(message, "teleported") == 200
    assert rig.host.counts == {"other_status": 1}
    assert (await rig.platform.hooks.post(message.status_callback, {"MessageSid": message.sid}))[0] == 400
    assert not rig.host.reports


async def test_event_type_says_what_is_new(rig: Rig) -> None:
    """Where Twilio tells that a message was read by the event and not by the status, it was read."""
    message = await rig.sent(rig.message("Hello"))
    form = {"MessageSid": message.sid, "MessageStatus": "delivered", "EventType": "READ"}
    assert (await rig.platform.hooks.post(message.status_callback, form))[0] == 200
    assert states(rig) == [ReceiptState.READ]


async def test_failure_of_a_message_that_is_forgotten(rig: Rig) -> None:
    """A contact is unreachable also when this process did not send the message that says so."""
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "63024", "To": "whatsapp:DE.42"}
    url = f"{rig.host.public_url}/webhooks/{CHANNEL}/status?id=record.7"
    assert (await rig.platform.hooks.post(url, form))[0] == 200
    assert [event.chat for event in rig.host.events] == [ChatRef(CHANNEL, "DE.42")]
