"""The card: its words and buttons by state."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.api import Capabilities, ChatRef
from bot.desk.card import card, title
from bot.model import Contact, Conversation, Record, Status
from bot.rulebook import Rulebook
from bot.times import length
from tests.bot.building import ANN, INBOX_CHAT, SALES, START, SUPPORT, TEAMS, book, settings_of

OPEN = Conversation(number=2, code="K7", status=Status.OPEN, started_at=START, team="support", room=SUPPORT)
ABLE = Capabilities(text_limit=100, choices=8, reply_window=timedelta(hours=24))


def record_of(conversation: Conversation, **contact: object) -> Record:
    known = {"chat": ANN, "name": "Ann Lee", "created_at": START, **contact}
    return Record(
        record_id="r",
        contact=Contact(**known),  # type: ignore[arg-type]  # the fields are the test's own
        conversations={1: replace(OPEN, number=1, code="A2", status=Status.CLOSED), 2: conversation},
    )


def text_of(record: Record, room: ChatRef = SUPPORT, able: Capabilities = ABLE) -> str:
    return card(record, 2, room, book(), lambda _channel: able).text


def actions_of(
    conversation: Conversation, room: ChatRef = SUPPORT, rules: Rulebook | None = None
) -> list[str]:
    choices = card(record_of(conversation), 2, room, rules or book(), lambda _channel: None).choices
    return [choice.choice_id for choice in choices]


def test_everything_that_is_known() -> None:
    """A card says name, channel, language, option, tags, earlier ones, window, who has it, and state."""
    conversation = replace(OPEN, answer="Support", tags=("roof", "vip"), claimed_by="bob", claimed_name="Bob")
    record = record_of(conversation, language="fr", last_inbound_at=START)
    assert text_of(record).splitlines() == [
        "#K7 Ann Lee",
        "shop · fr",
        "Option: Support",
        "Tags: roof, vip",
        "Earlier conversations: 1",
        "Replies possible until 03/03 09:00",
        "🟢 Support: Bob has it",
    ]


def test_little_is_known() -> None:
    """A card says nothing of what is not known."""
    record = record_of(OPEN)
    del record.conversations[1]
    assert text_of(record).splitlines() == ["#K7 Ann Lee", "shop", "🔴 Support: nobody has it yet"]


def test_window_of_people() -> None:
    """The end of the reply window is the one for people, who may answer longer, in our time zone."""
    able = Capabilities(text_limit=1, reply_window=timedelta(hours=1), human_window=timedelta(days=7))
    assert "until 09/03 09:00" in text_of(record_of(OPEN, last_inbound_at=START), able=able)


def test_no_window() -> None:
    """A platform that always lets us answer has no window on the card."""
    able = Capabilities(text_limit=1)
    assert "until" not in text_of(record_of(OPEN, last_inbound_at=START), able=able)


def test_unreachable_and_blocked() -> None:
    """A contact who cannot be reached, or is blocked, is shown so."""
    text = text_of(record_of(OPEN, unreachable="blocked the bot", is_blocked=True))
    assert "Unreachable: blocked the bot" in text
    assert "\nBlocked\n" in text


@pytest.mark.parametrize(
    ("changes", "line", "actions"),
    [
        ({}, "🔴 Support: nobody has it yet", ["claim", "transfer", "close"]),
        (
            {"claimed_by": "bob", "claimed_name": "Bob"},
            "🟢 Support: Bob has it",
            ["release", "transfer", "close"],
        ),
        ({"status": Status.CLOSED}, "⚪ Closed", ["reopen"]),
        ({"status": Status.CLOSED, "closed_by": "Bob"}, "⚪ Closed by Bob", ["reopen"]),
        (
            {"status": Status.CLOSED, "closed_by": "Bob", "reason": "all is paid"},
            "⚪ Closed by Bob: all is paid",
            ["reopen"],
        ),
        (
            {"status": Status.PENDING, "team": ""},
            "🟡 The bot is asking what it is about",
            ["claim", "transfer", "close"],
        ),
        ({"is_transferring": True}, "Pass on to which team?", ["to sales", "to lab", "back"]),
        ({"team": "sales", "room": SALES}, "➡️ Now with Sales", []),
    ],
)
def test_states(changes: dict[str, object], line: str, actions: list[str]) -> None:
    """Words and buttons of a card are those of its state."""
    conversation = replace(OPEN, **changes)
    assert text_of(record_of(conversation)).splitlines()[-1] == line
    assert actions_of(conversation) == [f"K7 {action}" for action in actions]


def test_left_while_choosing() -> None:
    """The card of a thread that was left asks for no team."""
    conversation = replace(OPEN, room=SALES, team="sales", is_transferring=True)
    assert text_of(record_of(conversation)).splitlines()[-1] == "➡️ Now with Sales"


def test_more_teams_than_buttons() -> None:
    """Where there are more teams than buttons, the card says how to name one."""
    able = Capabilities(text_limit=1, choices=2)
    assert "/transfer TEAM" in text_of(record_of(replace(OPEN, is_transferring=True)), able=able)


def test_long_team_keys() -> None:
    """A button's id fits the narrowest platform, however long the key of its team."""
    key = "a" * 200
    rules = Rulebook(settings_of(teams=f'{TEAMS}[teams.{key}]\nname = "A"\nchat = "desk:a"\n'))
    ids = actions_of(replace(OPEN, is_transferring=True), rules=rules)
    assert len(ids) == 4
    assert all(len(choice_id.encode()) <= 64 for choice_id in ids)


def test_hostile_name() -> None:
    """A contact's name is one short line: it passes for no other line, and turns none around."""
    name = "Ann\n🟢 Support: Bob has it\u202e\x07" + "x" * 1000
    lines = text_of(record_of(OPEN, name=name)).splitlines()
    assert lines[0].startswith("#K7 Ann 🟢 Support: Bob has it")
    assert len(lines[0]) < 120
    assert all(line.isprintable() for line in lines)


def test_unseen_name() -> None:
    """A contact whose name shows nothing is called by their id."""
    assert text_of(record_of(OPEN, name="\u200b")).splitlines()[0] == "#K7 ann"


def test_title() -> None:
    """A thread's title has the name and the channel, in at most 128 characters."""
    assert title(record_of(OPEN)) == "Ann Lee · shop"
    assert len(title(record_of(OPEN, name="x" * 500))) <= 128


def test_inbox() -> None:
    """In the inbox, a conversation of no team is the inbox's."""
    conversation = replace(OPEN, team="inbox", room=INBOX_CHAT)
    assert "Inbox: nobody has it yet" in text_of(record_of(conversation), INBOX_CHAT)


@pytest.mark.parametrize(
    ("since", "shown"),
    [
        (timedelta(0), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 00"),
        (timedelta(hours=23, minutes=5), "23 h 05"),
        (timedelta(days=2, hours=3), "2 d 3 h"),
    ],
)
def test_age(since: timedelta, shown: str) -> None:
    """A time is shown in its two largest units."""
    assert length(since) == shown
