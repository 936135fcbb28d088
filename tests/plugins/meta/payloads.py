"""Payloads as the platforms' documentation shows them, written by us, and what reads them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.api import ChatRef, Wording
from plugins._meta.mapping import Read, Reader
from plugins._meta.places import IsOurs
from plugins._meta.plugin import WORDS

ACCOUNT_ID, PERSON_ID = "1100001", "71000001"
SENT_AT = datetime.fromtimestamp(1790000000.1, UTC)


def event_in(folder: Path, name: str) -> dict[str, Any]:
    """The one event in a payload."""
    body = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    (entry,) = body["entry"]
    (event,) = entry["messaging"]
    found: dict[str, Any] = event
    return found


def read(channel: str, folder: Path, name: str, *, language: str = "en") -> Read:
    """What the event in a payload is."""
    reader = Reader(
        channel=channel,
        account_id=ACCOUNT_ID,
        say=Wording(WORDS, language),
        is_ours=IsOurs("http://127.0.0.1:8000"),
    )
    return reader.read(event_in(folder, name))


def chat(channel: str) -> ChatRef:
    """The chat that all payloads are about."""
    return ChatRef(channel, PERSON_ID)
