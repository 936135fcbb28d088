"""Who lives in the town and where they meet: contacts, rooms of three kinds, and the files of the admin."""

from collections.abc import Mapping
from functools import cache

from bot.api import ChatRef, Sender
from bot.config import Settings
from tests.bot.building import ANSWERS, TEAMS, settings_of

ANN, BOB, CYD = ChatRef("shop", "ann"), ChatRef("shop", "bob"), ChatRef("mail", "cyd")
EVE, JOE, KIM = (ChatRef("phone", name) for name in ("eve", "joe", "kim"))
CONTACTS = (ANN, BOB, CYD, JOE)
"""Joe is a member of two lists, and a contact when he says so."""
ALONE = (EVE, JOE, KIM)
"""The members of lists, each in a chat of their own."""

SUPPORT, SALES, INBOX = (ChatRef("desk", name) for name in ("support", "sales", "inbox"))
MARKET, YARD = ChatRef("group", "market"), ChatRef("group", "yard")
THREADED = (SUPPORT, SALES, INBOX)
FLAT = (MARKET, YARD)
ROOMS = (*THREADED, *FLAT)
"""The chats of teams."""
SHOWING = (*ROOMS, *ALONE)
"""Every chat in which people of a team are shown what contacts write."""
MEMBERS = tuple(Sender(sender_id=name.lower(), name=name) for name in ("Mia", "Max"))
"""Who writes in the chats of teams."""

TEAM_OF = {"help": "support", "price": "sales", "fish": "market", "field": "field", "night": "night"}
"""What a contact can write to get to a team."""
NAMED = tuple(dict.fromkeys((*TEAM_OF.values(), "inbox")))
"""The teams that a conversation can be passed on to."""

_CHANNELS = """\
[channels.mail]
plugin = "shop"
enabled = true
[channels.group]
enabled = true
[channels.phone]
enabled = true
[channels.lab]"""
_MORE_TEAMS = """\
[teams.market]
name = "Market"
chat = "group:market"
[teams.night]
name = "Night"
members = ["phone:joe"]
[teams.field]
name = "Field"
"""
_MORE_ANSWERS = "".join(
    f'[[routing.answers]]\nwhen = ["{word}"]\nteam = "{TEAM_OF[word]}"\n'
    for word in ("fish", "field", "night")
)
_FIELD = (
    'members = ["phone:eve", "phone:joe", "phone:kim"]',
    'members = ["phone:eve", "phone:joe"]',
    'chat = "group:yard"',
)
FILES = len(_FIELD)


@cache
def settings(variant: int) -> Settings:
    """One of the files that the admin changes between."""
    teams = TEAMS.replace("[channels.lab]", _CHANNELS) + _MORE_TEAMS + _FIELD[variant]
    answers = ANSWERS + _MORE_ANSWERS
    if variant != 1:
        return settings_of("[lifecycle]\nacks = ['thanks']", teams=teams, answers=answers, settle="1.5s")
    return settings_of(
        "[lifecycle]\nacks = ['thanks']\nreopen_window = '10m'\n[limits]\nmessages_per_minute = 3",
        teams=teams,
        answers=answers.replace('"3", "hours"', '"4", "hours"'),
        max_attempts=2,
        first_message="match",
    )


@cache
def lists(variant: int) -> Mapping[str, frozenset[ChatRef]]:
    """The members of each team that is a list, by one of the files."""
    found = {"night": frozenset({JOE})}
    if variant != 2:
        found["field"] = frozenset(ALONE if variant == 0 else (EVE, JOE))
    return found


def is_member(chat: ChatRef, variant: int) -> bool:
    """Whether a chat is one of a list's, by one of the files."""
    return any(chat in members for members in lists(variant).values())
