"""Whatever the platform writes, reading it ends well or is malformed; and echoes never become messages."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.api import Wording
from plugins._meta.failures import failure
from plugins._meta.mapping import Malformed, Reader
from plugins._meta.places import IsOurs
from plugins._meta.plugin import WORDS
from plugins._meta.reported import Echo, LeftAlone
from plugins._meta.usage import HEADERS, asked_pause

ACCOUNT_ID, PERSON_ID = "1100001", "71000001"
READER = Reader(
    channel="messenger",
    account_id=ACCOUNT_ID,
    say=Wording(WORDS, "en"),
    is_ours=IsOurs("https://graph.facebook.com"),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("message", "postback", "reaction", "message_edit", "read", "delivery", "referral", "optin")
INNER = (
    *("mid", "text", "attachments", "quick_reply", "reply_to", "is_deleted", "is_echo", "is_unsupported"),
    *("payload", "title", "action", "reaction", "emoji", "num_edit", "watermark", "mids", "ref", "referral"),
)
ATTACHMENT = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(("image", "sticker", "location", "fallback", "like_heart", "ig_reel", "x"))
        | JSON,
        "payload": st.fixed_dictionaries({}, optional={"url": JSON, "title": JSON, "coordinates": JSON})
        | JSON,
    },
)
PART = st.dictionaries(st.sampled_from(INNER), JSON | st.lists(ATTACHMENT, max_size=3), max_size=6) | JSON


@given(
    event=st.dictionaries(st.sampled_from((*KEYS, "policy_enforcement", "game_play")), PART, max_size=3),
    at=st.integers() | JSON,
    people=st.sampled_from(((PERSON_ID, ACCOUNT_ID), (ACCOUNT_ID, PERSON_ID), ("", "")))
    | st.tuples(JSON, JSON),
)
def test_any_event_can_be_read(event: dict[str, Any], at: Any, people: tuple[Any, Any]) -> None:
    """An event of any shape is read or is malformed, and no other error comes of it."""
    raw = {"timestamp": at, "sender": {"id": people[0]}, "recipient": {"id": people[1]}, **event}
    try:
        read = READER.read(raw)
    except Malformed:
        return
    if people[0] == ACCOUNT_ID and "policy_enforcement" not in event:
        assert isinstance(read, Echo | LeftAlone)


@given(status=st.integers(400, 599), body=st.binary(max_size=200), value=st.text(max_size=60))
def test_any_answer_is_an_error_of_the_contract(status: int, body: bytes, value: str) -> None:
    """Whatever answers, with whatever headers, its meaning is one of the bot's errors."""
    headers = {**dict.fromkeys(HEADERS, value), "Retry-After": value}
    error = failure(status, body, headers, secret="EAAsecret", say=Wording(WORDS, "en"))
    assert str(error)
    assert asked_pause(headers).total_seconds() >= 0
