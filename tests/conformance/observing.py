"""What people see and what the host stored, asked for by several promises."""

from http import HTTPStatus

from bot.api import ChatRef, Event, IncomingMessage, ProfileChanged
from tests.conformance.harness import Delivery, Said, Shown
from tests.conformance.host import RecordingHost
from tests.conformance.rig import Rig, fail


async def only_shown(rig: Rig, chat: ChatRef | None = None) -> Shown:
    """The one message that a chat shows; of the first chat when none is named."""
    shown = await rig.harness.shown(chat or rig.harness.chat)
    if len(shown) != 1:
        fail(f"the chat shows {len(shown)} messages, and one was sent")
    return shown[0]


async def received(rig: Rig, said: Said, delivery: Delivery = Delivery.GENUINE) -> IncomingMessage:
    """Let the platform deliver a message, and return what the host stored for it."""
    earlier = len(_delivered(rig.host))
    status = await rig.within(rig.harness.deliver(said, delivery), "a delivery")
    assert is_success(status), f"a delivery was answered with {status}"
    event = await next_event(rig, earlier + 1)
    if not isinstance(event, IncomingMessage):
        fail(f"a message was received as {type(event).__name__}")
    return event


async def next_event(rig: Rig, count: int) -> Event:
    """The last event that the host stored, once there are `count`; there must not be more.

    A name that the plugin learnt by itself is no delivery.
    """
    came = await rig.host.until(lambda host: len(_delivered(host)) >= count, patience=rig.harness.patience)
    assert came, "nothing was received"
    assert len(_delivered(rig.host)) == count, "more was received than was delivered"
    return _delivered(rig.host)[-1]


def _delivered(host: RecordingHost) -> list[Event]:
    return [event for event in host.events if not isinstance(event, ProfileChanged)]


def is_success(status: int) -> bool:
    """Whether a status tells the platform that its delivery arrived."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
