"""The contact's words lead to a team, an FAQ, or a question between the answers they may mean."""

import pytest

from bot.api import Choice
from bot.matching import Stage
from bot.model import Status
from bot.turn import Decision
from tests.bot.building import (
    ASSIGNED,
    ERROR,
    INBOX_CHAT,
    SALES,
    SUPPORT,
    TEAMS,
    settings_of,
    welcomed,
)

UNCLEAR = """\
[[routing.answers]]
label = "Repairs"
when = ["1", "bike"]
team = "support"
[[routing.answers]]
label = "Purchases"
when = ["4", "bike"]
team = "sales"
[[routing.answers]]
label = "Opening hours"
when = ["hours"]
reply = "We open at nine."
"""
PLACES = """\
[[routing.answers]]
when = ["springfield", "springfield illinois"]
team = "support"
[[routing.answers]]
when = ["springfield", "springfield missouri"]
team = "sales"
[[routing.answers]]
when = ["paris"]
team = "sales"
"""


async def test_an_answer_with_a_team_assigns() -> None:
    """A text that an answer recognises opens the conversation for its team."""
    player = await welcomed()
    step = await player.writes("My bike is BROKEN!")
    assert (step.decision, step.handled_by, step.said) == (Decision.TEAM, "answers", [ASSIGNED])
    conversation = player.conversation
    assert (conversation.status, conversation.team, conversation.room) == (Status.OPEN, "support", SUPPORT)
    assert (conversation.answer, conversation.tags) == ("Support", ("support",))
    assert "stands in the text as whole words" in conversation.why
    assert "broken" in conversation.why


async def test_an_answer_with_a_team_and_a_reply_says_the_reply() -> None:
    """The reply of an answer with a team takes the place of `assigned`."""
    player = await welcomed()
    step = await player.writes("price")
    assert (player.conversation.room, step.said) == (SALES, ["Sales is on it."])


@pytest.mark.parametrize("text", ["1", "1.", "#1", "one", "1️⃣"])
async def test_a_typed_number_works_beside_buttons(text: str) -> None:
    """The number of the menu chooses as its button does."""
    player = await welcomed()
    await player.writes(text)
    assert player.conversation.team == "support"


async def test_a_button_chooses() -> None:
    """A pressed button of the menu chooses its answer, and is written down as what it said."""
    player = await welcomed()
    (sent,) = (item for item in player.steps[0].items if item.choices)
    step = await player.presses(sent.choices[1].choice_id)
    assert player.conversation.team == "sales"
    assert step.turn.verdict is not None
    assert step.turn.verdict.match is not None
    assert step.turn.verdict.match.stage is Stage.BUTTON
    assert step.posted(SALES) == ["Hello\nSales"]


async def test_a_button_of_an_older_menu_is_words() -> None:
    """A button that the file does not have any more counts as the words it showed."""
    player = await welcomed()
    assert (await player.presses("go help")).decision is Decision.TEAM
    player = await welcomed()
    step = await player.presses("go Complaints")
    assert (step.decision, step.said) == (Decision.ERROR, [ERROR])
    assert player.transcript[-2].text == "Complaints"


async def test_an_faq_answers_and_assigns_nobody() -> None:
    """An answer without a team is said; the conversation stays pending, with its tags, in the inbox."""
    player = await welcomed()
    step = await player.writes("What are your hours?")
    assert (step.decision, step.said) == (Decision.FAQ, ["We open at nine."])
    conversation = player.conversation
    assert (conversation.status, conversation.team, conversation.room) == (Status.PENDING, "", INBOX_CHAT)
    assert conversation.tags == ("hours",)
    first, second = step.posts(INBOX_CHAT)
    assert first.text == "Hello\nWhat are your hours?"
    assert second.text == "Bot → We open at nine."
    assert first.silent
    assert second.silent


async def test_an_faq_resets_the_failures() -> None:
    """After an FAQ the count of failures begins anew."""
    player = await welcomed()
    await player.writes("xyzzy")
    await player.writes("plugh")
    await player.writes("hours")
    assert player.conversation.failures == 0
    assert (await player.writes("xyzzy")).said == [ERROR]


async def test_an_faq_is_hidden_from_the_inbox_on_demand() -> None:
    """With `faq_visible` off, a conversation that an FAQ answered has no place in the inbox."""
    teams = TEAMS.replace("faq_visible = true", "faq_visible = false")
    player = await welcomed(settings_of(teams=teams))
    step = await player.writes("hours")
    assert (step.decision, step.said, step.posted()) == (Decision.FAQ, ["We open at nine."], [])
    assert player.conversation.room is None


async def test_after_an_faq_everything_is_shown_once_and_the_card_follows() -> None:
    """What the contact writes after an FAQ is shown in the inbox silently; a second FAQ renews the card."""
    player = await welcomed()
    await player.writes("hours")
    step = await player.writes("3")
    assert step.posted(INBOX_CHAT) == ["3", "Bot → We open at nine."]
    assert [post.silent for post in step.posts()] == [True, True]
    assert "card" in step.actions(INBOX_CHAT)


async def test_after_an_faq_a_team_gets_everything_and_the_inbox_lets_go() -> None:
    """A choice after an FAQ moves the conversation to its team; its thread in the inbox is closed."""
    player = await welcomed()
    await player.writes("hours")
    step = await player.writes("help")
    assert player.conversation.room == SUPPORT
    assert step.posted(SUPPORT) == ["Hello\nhours\nhelp"]
    assert step.posted(INBOX_CHAT) == ["help"]
    assert step.actions(INBOX_CHAT)[-2:] == ["card", "close_thread"]


async def test_unclear_words_are_asked_about() -> None:
    """Two equal answers are put to the contact, only those, and it is no failed attempt."""
    player = await welcomed(settings_of(answers=UNCLEAR))
    step = await player.writes("my bike")
    assert (step.decision, step.handled_by) == (Decision.ASK, "ask")
    assert step.said == ["Which one do you mean?\n1. Repairs\n4. Purchases"]
    assert [choice.label for choice in step.items[-1].choices] == ["Repairs", "Purchases"]
    assert player.conversation.failures == 0
    await player.writes("4")
    assert player.conversation.team == "sales"


async def test_unclear_words_take_the_first_on_demand() -> None:
    """With `on_ambiguous = "first"` the first of two equal answers is taken."""
    player = await welcomed(settings_of(answers=UNCLEAR, on_ambiguous="first"))
    await player.writes("my bike")
    assert player.conversation.team == "support"


async def test_answers_without_labels_are_asked_about_by_words_that_tell_them_apart() -> None:
    """A question between answers without labels names what a contact can write for each."""
    player = await welcomed(settings_of(answers=PLACES, welcome="Tell us your region."))
    step = await player.writes("springfield")
    assert step.said == ["Which one do you mean?\n– springfield illinois\n– springfield missouri"]
    pressed = next(choice for choice in step.items[-1].choices if choice.label == "springfield missouri")
    assert isinstance(pressed, Choice)
    step = await player.presses(pressed.choice_id)
    assert player.conversation.team == "sales"
    assert step.posted(SALES) == ["Hello\nspringfield\nspringfield missouri"]


async def test_free_text_routes_without_a_menu() -> None:
    """Without labels, a place named in a sentence leads to its team."""
    player = await welcomed(settings_of(answers=PLACES, welcome="Tell us your region."))
    await player.writes("I live near Paris, France")
    assert player.conversation.team == "sales"


async def test_an_answer_can_choose_the_language() -> None:
    """After an answer with `lang` the contact reads that language, whatever their device says."""
    answers = """\
[[routing.answers]]
label = "Français"
when = ["1"]
reply = { en = "English it is.", fr = "En français." }
lang = "fr"
"""
    player = await welcomed(settings_of(answers=answers, error=["Sorry."]))
    assert (await player.writes("1")).said == ["En français."]
    assert player.record.contact.language == "fr"
    await player.writes("1")
    assert player.record.contact.language == "fr"
