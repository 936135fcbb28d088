"""Loopback's payloads become the events they describe, and anything else is refused."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatMovedTo,
    ChatRef,
    DeliveryReceipt,
    EchoReceived,
    IncomingMessage,
    MediaKind,
    MessageDeleted,
    MessageEdited,
    ReachabilityChanged,
    ReactionChanged,
    ReceiptState,
    Sender,
    ThreadChanged,
)
from tests.platforms.loopback.mapping import Malformed, read_event

BASE = {"event": "e1", "chat": "c1", "at": 0, "sender": {"id": "s1", "name": "Ann"}}
COMMON: dict[str, Any] = {
    "event_id": "e1",
    "chat": ChatRef("loopback", "c1"),
    "sent_at": datetime(1970, 1, 1, tzinfo=UTC),
}
WHO: dict[str, Any] = {**COMMON, "sender": Sender(sender_id="s1", name="Ann")}

EXAMPLES: list[tuple[dict[str, Any], object]] = [
    (
        {"type": "message", "message": "m1", "text": "Hi", "files": [{"kind": "photo", "file": "f1"}]},
        IncomingMessage(
            **WHO,
            message_id="m1",
            text="Hi",
            attachments=(Attachment(kind=MediaKind.PHOTO, remote_id="f1"),),
        ),
    ),
    (
        {"type": "button", "choice": "x", "message": "p1"},
        ButtonPressed(**WHO, choice_id="x", message_id="p1"),
    ),
    ({"type": "edit", "message": "m1", "text": "Ho"}, MessageEdited(**WHO, message_id="m1", text="Ho")),
    ({"type": "delete", "message": "m1"}, MessageDeleted(**WHO, message_id="m1")),
    (
        {"type": "reaction", "message": "m1", "emoji": "👍"},
        ReactionChanged(**WHO, message_id="m1", emoji="👍"),
    ),
    (
        {"type": "echo", "message": "p1", "id": "o1", "text": "Hi"},
        EchoReceived(**COMMON, message_id="p1", outgoing_id="o1", text="Hi"),
    ),
    ({"type": "thread", "is_closed": True}, ThreadChanged(**WHO, is_closed=True)),
    ({"type": "reachability", "is_reachable": False}, ReachabilityChanged(**COMMON, is_reachable=False)),
    ({"type": "moved", "new_chat": "c2"}, ChatMovedTo(**COMMON, new_chat_id="c2")),
    (
        {"type": "receipt", "id": "o1", "state": "read"},
        DeliveryReceipt(message_id="o1", state=ReceiptState.READ),
    ),
    ({"type": "poll"}, None),
]


@pytest.mark.parametrize(("payload", "event"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_payload_becomes_its_event(payload: dict[str, Any], event: object) -> None:
    """Each type of payload is one kind of event, with everything it says."""
    assert read_event("loopback", msgspec.json.encode({**BASE, **payload})) == event


@pytest.mark.parametrize("payload", [example for example, event in EXAMPLES if event is not None])
def test_every_part_is_needed(payload: dict[str, Any]) -> None:
    """A payload without its ids is malformed."""
    bare = {name: value for name, value in payload.items() if name == "type"}
    with pytest.raises(Malformed):
        read_event("loopback", msgspec.json.encode(bare))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*BASE, "type", "message"]), inner, max_size=5)
        ),
    )
)
def test_nonsense_is_malformed_and_never_a_crash(payload: Any) -> None:
    """Whatever JSON comes, the only error is Malformed."""
    try:
        event = read_event("loopback", msgspec.json.encode(payload))
    except Malformed:
        return
    assert event is None or payload["type"] in {example["type"] for example, _ in EXAMPLES}
