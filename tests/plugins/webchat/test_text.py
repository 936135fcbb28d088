"""What people write, made safe to pass on."""

import pytest

from plugins.webchat.text import clean_name, clean_text, folded
from tests.plugins.webchat.rig import SUPPORT, Rig

HOSTILE_NAME = "\u202egro.live\u202c <b>Ann</b>\x07\n\u2066"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  bonjour \n", "bonjour"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("a\u2028b", "ab"),
        ("\ud800x", "x"),
        ("\u202eשלום\u202c <b>", "\u202eשלום\u202c <b>"),
        ("👩\u200d👧 é", "👩\u200d👧 é"),
    ],
)
def test_texts_lose_control_characters_only(text: str, clean: str) -> None:
    """A text keeps its lines, its emoji and its marks of direction, and loses what terminals would obey."""
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("  Ann \n Lee ", "Ann Lee"),
        (HOSTILE_NAME, "gro.live <b>Ann</b>"),
        ("\u200e\u202e\x00", ""),
        ("د. أحمد", "د. أحمد"),
    ],
)
def test_names_turn_nobody_elses_line(name: str, clean: str) -> None:
    """A name stands on one line and cannot turn the direction of the words around it."""
    assert clean_name(name) == clean


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200b\u2800", "\u3164", "\u2060\ufe0f"])
def test_names_that_show_nothing(name: str) -> None:
    """A name that nobody could see is none."""
    assert clean_name(name) == ""


def test_search_knows_no_case_and_no_accents() -> None:
    """Case and accents make no difference to what is found."""
    assert folded("Élodie STRASSE ﬁn") == folded("elodie straße fin")


async def test_contacts_name_is_cleaned_before_the_bot_has_it(rig: Rig) -> None:
    """The bot and the pages never see what a hostile name would do to a line."""
    page = await (await rig.browser()).open_chat()
    await page.say(type="name", name=HOSTILE_NAME)
    assert (await page.hear("name"))["name"] == "gro.live <b>Ann</b>"
    await page.say(type="message", client_id="message-1", text="x\x00y")
    assert (await page.hear("ack"))["post"]["text"] == "xy"
    event = rig.host.events[0]
    assert event.sender.name == "gro.live <b>Ann</b>"  # type: ignore[union-attr]


async def test_member_needs_a_name_that_can_be_seen(rig: Rig) -> None:
    """A name of nothing but marks of direction is no name."""
    browser = await rig.browser()
    assert await browser.enter("\u202e\u200f") == 400
    page = await browser.open_desk("\u202eAnn\u202c")
    assert page.heard[0]["name"] == "Ann"


async def test_hundred_thousand_characters_are_answered(rig: Rig) -> None:
    """A text of 100,000 characters is refused in words, the connection goes on, and nothing was received."""
    page = await (await rig.browser()).open_chat()
    await page.say(type="message", client_id="message-1", text="é" * 100_000)
    error = await page.hear("error")
    assert (error["code"], error["client_id"]) == ("too_large", "message-1")
    await page.say(type="message", client_id="message-2", text="x" * 10_001)
    assert (await page.hear("error"))["code"] == "too_long"
    assert rig.host.events == []
    receipt = await rig.plugin.send(rig.message(SUPPORT, "y" * 20_000))
    assert receipt.platform_id
