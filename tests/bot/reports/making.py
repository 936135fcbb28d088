"""Records with a past, as the figures find them on disk."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.api import ChatRef
from bot.model import (
    Contact,
    Conversation,
    Direction,
    Message,
    Record,
    Status,
    record_id_of,
)
from bot.reports.job import CountJob
from bot.store.folder import DataFolder
from bot.store.records import encoded

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""A Monday."""
WEEK = timedelta(days=7)
TEAMS = {"support": "Support", "sales": "Sales & Quotes", "accounts": "Accounts"}
_TEXTS = ("my boiler leaks", "can I see a person", "when do you deliver to Brest", "asdf")


def conversation(number: int = 1, **fields: Any) -> Conversation:
    """A conversation that support closed, answered two minutes after it got it."""
    started_at = fields.pop("started_at", NOW - timedelta(days=2))
    known: dict[str, Any] = {
        "code": "K7",
        "status": Status.CLOSED,
        "team": "support",
        "first_team": "support",
        "answer": "Support",
        "opened_at": started_at + timedelta(minutes=1),
        "answered_at": started_at + timedelta(minutes=3),
        "closed_at": started_at + timedelta(hours=1),
        "waits": (120,),
        "sends": 4,
    }
    return Conversation(number=number, started_at=started_at, **{**known, **fields})


def record(chat_id: str, *conversations: Conversation, channel: str = "shop") -> Record:
    """A contact's record with these conversations, and a message in each."""
    chat = ChatRef(channel, chat_id)
    return Record(
        record_id=record_id_of(chat),
        next_number=100,
        contact=Contact(chat=chat, name=f"Contact {chat_id}", created_at=NOW - timedelta(days=400)),
        conversations={each.number: each for each in conversations},
        messages={
            each.number: Message(
                number=each.number,
                conversation=each.number,
                direction=Direction.INCOMING,
                at=each.started_at,
                author="Ann",
                text="Hello",
            )
            for each in conversations
        },
    )


def write(data: Path, *records: Record) -> None:
    """Put records where a store would have."""
    folder = DataFolder(data)
    for each in records:
        path = folder.record(each.record_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(each))


def job(data: Path, **fields: Any) -> CountJob:
    """Ask for the figures of the last seven days."""
    known: dict[str, Any] = {
        "since": NOW - WEEK,
        "until": NOW,
        "now": NOW,
        "business": "Dupont & Co",
        "teams": TEAMS,
    }
    return CountJob(data=str(data), **{**known, **fields})


def busy(chance: random.Random, number: int, *, days: int = 7) -> Record:
    """One contact of a busy business: routed, answered, passed on, rated, as it happens."""
    started_at = NOW - timedelta(seconds=chance.randrange(days * 86_400))
    team = chance.choice(list(TEAMS))
    is_matched = chance.random() < 0.8
    is_answered = chance.random() < 0.9
    opened_at = started_at + timedelta(seconds=chance.randrange(20, 200))
    answered_at = opened_at + timedelta(seconds=chance.expovariate(1 / 600))
    is_passed = chance.random() < 0.1
    is_open = chance.random() < 0.05
    is_paid = chance.random() < 0.5
    one = conversation(
        started_at=started_at,
        team=team if not is_passed else chance.choice(list(TEAMS)),
        first_team=team,
        answer=TEAMS[team] if is_matched else "",
        unrecognised=() if is_matched else (chance.choice(_TEXTS),),
        fell_back=not is_matched and chance.random() < 0.5,
        faqs=int(chance.random() < 0.2),
        opened_at=opened_at,
        answered_at=answered_at if is_answered else None,
        waits=(int((answered_at - opened_at).total_seconds()), 60, 240) if is_answered else (),
        status=Status.OPEN if is_open else Status.CLOSED,
        closed_at=None if is_open else started_at + timedelta(hours=8),
        waiting_since=started_at if is_open and not is_answered else None,
        transfers=int(is_passed),
        passed_at=opened_at + timedelta(minutes=chance.randrange(30)) if is_passed else None,
        rating=chance.choice((0, 0, 0, 3, 4, 5)),
        failed_sends=int(chance.random() < 0.02),
        sends=chance.randrange(3, 12),
        paid_sends=chance.randrange(1, 4) if is_paid else 0,
    )
    channel = "paid" if is_paid else "shop"
    return record(f"{number}", one, channel=channel)
