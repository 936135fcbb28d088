"""Files of the bot's own, which no message of the transcript carries."""

from dataclasses import replace

import pytest

from bot.api import Capabilities, ChatRef, MediaKind, OutgoingMessage
from bot.delivery.render import Renderer
from bot.model import Action, House, OutboxItem
from tests.bot.delivery.test_render import EVERYTHING, NOW, RENDERER, UNREACHABLE, media

ROOM = ChatRef("rooms", "-100")
BARE = Capabilities(text_limit=100)


def rendered(
    text: str, capabilities: Capabilities, renderer: Renderer = RENDERER
) -> tuple[OutgoingMessage, ...]:
    """A post with a picture, as one platform takes it."""
    item = OutboxItem(
        number=1, action=Action.POST, chat=ROOM, created_at=NOW, text=text, media=media(MediaKind.PHOTO)
    )
    return renderer.parts(item, House(record_id="house"), capabilities, chat=ROOM)


@pytest.mark.parametrize("text", ["", "the figures"])
def test_sent(text: str) -> None:
    """A platform that takes pictures gets it, with the words below."""
    (message,) = rendered(text, EVERYTHING)
    assert (message.text, message.media) == (text, media())


def test_as_the_nearest_kind() -> None:
    """A platform that takes only documents gets it as one."""
    (message,) = rendered("", replace(BARE, media={MediaKind.DOCUMENT: 1000}))
    assert message.media == media(MediaKind.DOCUMENT)


def test_link() -> None:
    """A platform without files gets a link."""
    assert [each.text for each in rendered("the figures", BARE)] == ["the figures\nhttps://here/m1"]
    assert [each.text for each in rendered("", BARE)] == ["https://here/m1"]


def test_no_way() -> None:
    """Where it cannot be had, the words are sent, and nothing when there are none."""
    assert [each.text for each in rendered("the figures", BARE, UNREACHABLE)] == ["the figures"]
    assert rendered("", BARE, UNREACHABLE) == ()
