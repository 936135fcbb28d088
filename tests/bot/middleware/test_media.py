"""What says nothing to match is kept, and answered with a hint at most once."""

from typing import Any

import pytest

from bot.api import Attachment, Location, MediaKind, SharedContact
from bot.model import Status
from tests.bot.building import HINT, SUPPORT, WELCOME, Player, file, welcomed

WORDLESS: list[dict[str, Any]] = [
    {"attachments": (file(MediaKind.PHOTO),)},
    {"attachments": (file(MediaKind.VOICE),)},
    {"attachments": (file(MediaKind.STICKER),)},
    {"location": Location(latitude=48.85, longitude=2.35)},
    {"shared_contact": SharedContact(name="Bob", phone="+331")},
    {"unsupported": "poll: Lunch?"},
]


@pytest.mark.parametrize("content", WORDLESS)
async def test_content_without_words_is_hinted_at_once(content: dict[str, Any]) -> None:
    """The first message without words is answered with `media_hint`, and no other in the conversation."""
    player = await welcomed()
    step = await player.writes(**content)
    assert (step.handled_by, step.said) == ("media", [HINT])
    assert len(step.items[-1].choices) == 3
    assert (await player.writes(**content)).said == []
    assert player.conversation.failures == 0
    assert player.conversation.status is Status.PENDING


async def test_content_without_words_goes_along_at_assignment() -> None:
    """What was kept is posted to the team with the rest, files included."""
    player = await welcomed()
    await player.writes(attachments=(file(),))
    await player.writes(location=Location(latitude=1.5, longitude=2.0, title="Home"))
    photo = next(line for line in player.transcript if line.files)
    step = await player.writes("help")
    text, files = step.posts(SUPPORT)
    assert text.text.startswith("Hello\n[photo roof.jpg]\n[location] Home")
    assert text.text.endswith("help")
    assert (files.files, files.messages) == (photo.number, (photo.number,))


async def test_content_without_words_is_welcomed() -> None:
    """A contact who begins with a picture gets the welcome, and no hint."""
    player = Player()
    assert (await player.writes(attachments=(file(),))).said == [WELCOME]


async def test_a_caption_is_text() -> None:
    """A picture whose caption is an answer is matched."""
    player = await welcomed()
    photo = Attachment(kind=MediaKind.PHOTO, remote_id="r")
    await player.writes("It is broken", attachments=(photo,))
    assert player.conversation.team == "support"
