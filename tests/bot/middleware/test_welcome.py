"""The welcome: once a conversation, in answer to the contact's first words."""

import pytest

from bot.api import Sender
from bot.turn import Decision
from tests.bot.building import (
    ANSWERS,
    ERROR,
    MENU,
    SUPPORT,
    TWINS,
    WELCOME,
    Player,
    settings_of,
    welcomed,
)


async def test_the_first_words_are_welcomed_with_the_menu() -> None:
    """The welcome has the menu as text and as buttons, of the same list."""
    step = await Player().writes("Hello")
    assert (step.handled_by, step.decision, step.said) == ("welcome", Decision.WELCOME, [WELCOME])
    (sent,) = step.items
    assert [choice.label for choice in sent.choices] == ["Support", "Sales", "Opening hours"]


async def test_a_welcome_without_a_menu_has_no_buttons() -> None:
    """A welcome that does not show the menu does not show its buttons either."""
    step = await Player(settings_of(welcome="Tell us your region.")).writes("Hello")
    assert step.said == ["Tell us your region."]
    assert step.items[0].choices == ()


@pytest.mark.parametrize("text", ["help", "1", "I need help", "hours"])
async def test_first_words_are_not_matched_by_default(text: str) -> None:
    """With `first_message = "welcome"`, whatever comes first is welcomed."""
    assert (await Player().writes(text)).said == [WELCOME]


@pytest.mark.parametrize(("text", "team"), [("It is BROKEN", "support"), ("a blood test please", "lab")])
async def test_first_words_may_match_at_once(text: str, team: str) -> None:
    """With `first_message = "match"`, words assign at once, and then there is no welcome."""
    player = Player(settings_of(first_message="match"))
    step = await player.writes(text)
    assert step.handled_by == "first_message"
    assert WELCOME not in player.said
    assert player.conversation.team == team


async def test_a_first_faq_is_answered_without_a_welcome() -> None:
    """A first message that an FAQ answers gets the FAQ alone, and the next one no welcome either."""
    player = Player(settings_of(first_message="match"))
    assert (await player.writes("your hours?")).said == ["We open at nine."]
    assert (await player.writes("xyzzy")).said == [ERROR]


@pytest.mark.parametrize("text", ["1", "2", "one", "xyzzy", "no"])
async def test_a_bare_number_never_matches_first(text: str) -> None:
    """Numbers, and words that are no answer, are welcomed, and are no failed attempt."""
    player = Player(settings_of(first_message="match"))
    assert (await player.writes(text)).said == [WELCOME]
    assert player.conversation.failures == 0


async def test_unclear_first_words_are_left_to_the_welcome() -> None:
    """First words that mean two answers are welcomed, or take the first where that is wanted."""
    player = Player(settings_of(answers=TWINS, first_message="match"))
    assert (await player.writes("my bike")).decision is Decision.WELCOME
    player = Player(settings_of(answers=TWINS, first_message="match", on_ambiguous="first"))
    await player.writes("my bike")
    assert player.conversation.team == "support"


async def test_the_welcome_comes_once_a_conversation() -> None:
    """Whatever the contact writes while the bot has the conversation, there is one welcome."""
    player = await welcomed(settings_of("[limits]\nbot_messages_per_hour = 99", max_attempts=0))
    for text in ("Hello", "xyzzy", "hours", "Hi", "bike?"):
        await player.writes(text)
    assert player.said.count(WELCOME) == 1


async def test_a_button_of_an_earlier_menu_needs_no_welcome() -> None:
    """A button that still leads somewhere chooses at once, also as the first event."""
    step = await Player().presses("go Support")
    assert (step.decision, step.posted(SUPPORT)) == (Decision.TEAM, ["Support"])


async def test_a_button_that_leads_nowhere_is_welcomed() -> None:
    """A button that the file does not have any more is welcomed when it comes first."""
    assert (await Player().presses("go Complaints")).said == [WELCOME]


async def test_texts_are_in_the_contact_s_language() -> None:
    """The welcome and its menu are said in the contact's language where the file has it."""
    answers = ANSWERS.replace('label = "Support"', 'label = { en = "Support", fr = "Assistance" }')
    settings = settings_of(answers=answers, welcome={"en": "Hi {menu}", "fr": "Bonjour {first_name} {menu}"})
    sender = Sender(sender_id="ann", language="fr")
    player = Player(settings)
    step = await player.writes("Salut", sender=sender)
    assert step.said == [f"Bonjour {MENU.replace('Support', 'Assistance')}"]
    await player.writes("assistance", sender=sender)
    assert player.conversation.team == "support"
