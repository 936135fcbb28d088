"""What config.toml means to a turn."""

import pytest

from bot.api import ChatRef
from bot.config import Text
from bot.model import INBOX, Contact, Conversation
from bot.rulebook import choice_id_of, name_in
from tests.bot.building import ANN, ANSWERS, INBOX_CHAT, MENU, SALES, START, SUPPORT, TEAMS, book

CONTACT = Contact(chat=ANN, name="Ann Lee", first_name="Ann", created_at=START)
CONVERSATION = Conversation(number=1, code="K7", started_at=START, team="sales")
MEMBERS = TEAMS + '[teams.field]\nname = "Field"\nmembers = ["shop:bob"]\n'


def test_rooms_are_found_by_team_and_by_address() -> None:
    """Each team chat is known by its team and by its address, the inbox too, threads aside."""
    rules = book()
    for team, chat in (("support", SUPPORT), ("sales", SALES), (INBOX, INBOX_CHAT)):
        room = rules.room_of(team)
        assert room is not None
        assert (room.team, room.chat) == (team, chat)
        assert rules.room_at(chat.thread("t1")) == room
    assert rules.room_at(ANN) is None


@pytest.mark.parametrize("team", ["lab", "nobody"])
def test_a_team_without_a_chat_that_is_switched_on_has_no_room(team: str) -> None:
    """A disabled channel and an unknown team are no room."""
    assert book(teams=MEMBERS).room_of(team) is None


def test_a_list_of_members_is_a_room() -> None:
    """The members of a list are one room, in which each of their chats is."""
    rules, bob = book(teams=MEMBERS), ChatRef("shop", "bob")
    room = rules.room_of("field")
    assert room is not None
    assert room.members == (bob,)
    assert rules.room_at(room.chat) == room
    assert rules.lists_of(bob) == (room,)
    assert rules.is_for_teams(bob)
    assert rules.is_in(room.chat, bob)
    assert not rules.is_in(room.chat, ANN)
    assert not rules.is_in(SUPPORT, bob)


def test_a_disabled_chat_is_still_a_team_s() -> None:
    """What is written in the chat of a disabled channel is never taken for a contact's message."""
    room = book().room_at(ChatRef("lab", "1"))
    assert room is not None
    assert room.team == "lab"


def test_teams_are_called_by_their_names() -> None:
    """A team has its name in the reader's language; no team is the business, or the inbox to colleagues."""
    teams = TEAMS.replace('name = "Sales"', 'name = { en = "Sales", fr = "Ventes" }')
    rules = book(teams=teams)
    assert rules.team_name("sales", "fr") == "Ventes"
    assert rules.team_name("sales", "xx") == "Sales"
    assert rules.team_name("", "fr") == rules.team_name(INBOX, "") == "Dupont"
    assert rules.team_name("") == rules.team_name(INBOX) == "Inbox"
    assert rules.team_name("gone") == "gone"


def test_one_list_gives_text_buttons_and_numbers() -> None:
    """The menu's rows, its buttons and the numbers that match are the labelled answers, in order."""
    rules = book()
    menu = rules.menu("en")
    assert menu.text == MENU
    pressed = [rules.option_pressed(choice.choice_id) for choice in menu.choices]
    assert [option.number for option in pressed if option] == [1, 2, 3]
    assert [choice.label for choice in menu.choices] == ["Support", "Sales", "Opening hours"]


def test_a_menu_of_some_options_keeps_their_numbers() -> None:
    """A question between options shows the numbers that match them."""
    menu = book().menu("en", (0, 2))
    assert menu.text == "1. Support\n3. Opening hours"


def test_an_option_without_a_label_is_named_in_a_question() -> None:
    """A menu of chosen options names one without a label by what can be written for it."""
    rules = book()
    menu = rules.menu("en", (1, 3))
    assert menu.text == "2. Sales\n– blood test"
    assert rules.option_pressed(menu.choices[1].choice_id) is rules.options[3]


def test_an_option_is_named_by_what_leads_nowhere_else() -> None:
    """An entry that two teams share names neither; without another, the team does."""
    answers = """\
[[routing.answers]]
when = ["springfield"]
team = "support"
[[routing.answers]]
when = ["springfield", "missouri"]
team = "sales"
"""
    rules = book(answers=answers)
    assert [rules.name_of(option) for option in rules.options] == ["support", "missouri"]


def test_buttons_are_the_same_in_every_language() -> None:
    """A button chooses the same answer whatever language its label was shown in."""
    answers = ANSWERS.replace('label = "Sales"', 'label = { en = "Sales", fr = "Ventes" }')
    rules = book(answers=answers)
    english, french = rules.menu("en"), rules.menu("fr")
    assert french.text == MENU.replace("Sales", "Ventes")
    assert [choice.choice_id for choice in english.choices] == [choice.choice_id for choice in french.choices]


@pytest.mark.parametrize("name", ["Support", "é" * 200, "👩‍🔧" * 30, ""])
def test_a_button_s_id_fits_every_platform(name: str) -> None:
    """A button's id has at most 64 bytes, is whole characters, and tells the name again."""
    choice_id = choice_id_of(name)
    assert len(choice_id.encode()) <= 64
    assert name.startswith(name_in(choice_id))


def test_texts_have_their_placeholders_filled() -> None:
    """Every placeholder has its value for the contact and the conversation."""
    text = Text.of("{first_name}|{name}|{business}|{team}|{menu}|{code}")
    filled = book().text(text, CONTACT, CONVERSATION, now=START, menu="M")
    assert filled == "Ann|Ann Lee|Dupont|Sales|M|K7"
    assert book().text(Text.of("{team} {code}"), CONTACT, now=START) == "Dupont"
    assert book().text(Text.of("{team}"), CONTACT, CONVERSATION, now=START, team="support") == "Support"


def test_a_text_tells_whether_it_shows_the_menu() -> None:
    """Buttons go with a text that has the menu in the reader's language."""
    rules = book()
    text = Text.of({"en": "Hi {menu}", "fr": "Bonjour"})
    assert rules.has_menu(text, "en")
    assert not rules.has_menu(text, "fr")
