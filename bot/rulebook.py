"""What config.toml means to a turn: rooms, answers by number and button, texts; made anew at each reload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.api import ChatRef, Choice, fill
from bot.calendar import Calendar
from bot.config import Answer, Settings, Text
from bot.config.hours import Hours
from bot.matching import Matcher, Option, menu_text, normalise, options
from bot.model import INBOX, LIST, Contact, Conversation, list_room
from bot.times import moment_ahead
from bot.wording import LANGUAGES, Wording

MENU = "{menu}"
NEXT_OPEN = "{next_open}"

OPTION = "go "
"""How the id of an option's button begins, and no other's."""
RATE = "rate "
"""How the id of a button with a rating begins, and no other's."""
_CHOICE_BYTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a team answers: a group chat, or a list of members.

    Attributes:
        team: the team's key, or `INBOX`.
        chat: the group chat; of a list, the address that stands for all of its members.
        members: of a list, the chats of those whose channel is enabled.
    """

    team: str
    chat: ChatRef
    members: tuple[ChatRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The options as one language shows them: the same list gives the text and the buttons."""

    text: str
    choices: tuple[Choice, ...]


class Rulebook:
    """Everything a turn asks of config.toml.

    Attributes:
        settings: the file.
        wording: the bot's own words for the team.
        options: the answers, as matching sees them.
        matcher: finds the answer that a text means.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.wording = Wording(settings.language)
        self.options = options(settings.routing.answers, settings.language, settings.language)
        self.matcher = Matcher(self.options, fuzzy=settings.routing.fuzzy, language=settings.language)
        self._names = _names(self.options)
        self._by_choice = {choice_id_of(self.name_of(option)): option for option in reversed(self.options)}
        self._menus: dict[tuple[str, tuple[int, ...]], Menu] = {}

    @cached_property
    def rooms(self) -> Mapping[str, Room]:
        """Every room by its address; the inbox is one of them."""
        found = {self.inbox.chat.address: self.inbox}
        for key, team in self.settings.teams.items():
            if team.chat is not None:
                found.setdefault(team.chat.address, Room(team=key, chat=team.chat))
            elif team.members:
                room = Room(team=key, chat=list_room(key), members=self.settings.chats(key))
                found[room.chat.address] = room
        return found

    @cached_property
    def _lists(self) -> Mapping[str, tuple[Room, ...]]:
        """The lists that a member's chat is in, by its address."""
        found: dict[str, tuple[Room, ...]] = {}
        for room in self.rooms.values():
            for member in room.members:
                found[member.address] = (*found.get(member.address, ()), room)
        return found

    @property
    def has_lists(self) -> bool:
        """Whether any team answers as a list of members."""
        return bool(self._lists)

    @cached_property
    def inbox(self) -> Room:
        """The general section."""
        return Room(team=INBOX, chat=self.settings.inbox.chat)

    def room_of(self, team: str) -> Room | None:
        """Where the team answers; None when nobody there can be reached on a channel that is switched on."""
        if team == INBOX:
            return self.inbox
        if team not in self.settings.teams or not (chats := self.settings.chats(team)):
            return None
        is_list = self.settings.teams[team].chat is None
        return self.rooms[list_room(team).address] if is_list else Room(team=team, chat=chats[0])

    def room_at(self, chat: ChatRef) -> Room | None:
        """The room at this address, or None: then it is a contact's chat, or a member's own."""
        return self.rooms.get(chat.address)

    def lists_of(self, chat: ChatRef) -> tuple[Room, ...]:
        """The lists that a chat is a member's of; none: it is a group, or a contact's."""
        return self._lists.get(chat.address, ())

    def is_for_teams(self, chat: ChatRef) -> bool:
        """Whether people of a team write here: in their group, or as a member of a list."""
        return chat.address in self.rooms or chat.address in self._lists

    def is_in(self, room: ChatRef, chat: ChatRef) -> bool:
        """Whether what is written in a chat is written in a room: in it, or as one of its members."""
        if room.channel != LIST:
            return room == chat.whole
        return any(each.chat == room for each in self.lists_of(chat))

    def team_name(self, team: str, language: str | None = None) -> str:
        """What to call a team.

        Args:
            team: its key; the inbox, or nobody, is the business itself to a contact.
            language: the contact's who reads it; None: colleagues read it.
        """
        if team == INBOX or not team:
            return self.wording("room.inbox") if language is None else self.settings.business
        known = self.settings.teams.get(team)
        return known.name.in_language(language or "", self.settings.language) if known else team

    def answer_of(self, option: Option) -> Answer:
        """The answer in config.toml that an option stands for."""
        return self.settings.routing.answers[option.index]

    def name_of(self, option: Option) -> str:
        """What to call an option: its label, or else what a contact can write for it and nothing else."""
        return option.label or self._names[option.index]

    def option_pressed(self, choice_id: str) -> Option | None:
        """The option whose button this is; None for one that the file no longer has."""
        return self._by_choice.get(choice_id)

    def menu(self, language: str, only: tuple[int, ...] = ()) -> Menu:
        """The menu for a reader.

        Args:
            language: the reader's.
            only: the indices of the options to show, those without a label too; none: all that have one.
        """
        key = (language, only)
        if key not in self._menus:
            found = options(self.settings.routing.answers, language, self.settings.language)
            self._menus[key] = self._menu_of(
                [option for option in found if (option.index in only if only else option.label)]
            )
        return self._menus[key]

    def _menu_of(self, listed: Sequence[Option]) -> Menu:
        names = {option.index: option.label or self._names[option.index] for option in listed}
        unnumbered = [f"– {names[option.index]}" for option in listed if not option.label]
        by_index = {option.index: option for option in self.options}
        return Menu(
            text="\n".join(filter(None, (menu_text(listed), *unnumbered))),
            choices=tuple(
                Choice(choice_id=choice_id_of(self.name_of(by_index[index])), label=name)
                for index, name in names.items()
            ),
        )

    def has_menu(self, text: Text, language: str) -> bool:
        """Whether a reader of this language is shown the menu by this text."""
        return MENU in text.in_language(language, self.settings.language)

    def text(
        self,
        text: Text,
        contact: Contact,
        conversation: Conversation | None = None,
        *,
        now: datetime,
        team: str = "",
        menu: str = "",
    ) -> str:
        """A text of config.toml as one contact reads it, its placeholders filled."""
        language, key = contact.language, team or (conversation.team if conversation else "")
        template = text.in_language(language, self.settings.language)
        next_open = self._next_open(key, now, language) if NEXT_OPEN in template else ""
        return fill(
            template,
            {
                "first_name": contact.first_name,
                "name": contact.name,
                "business": self.settings.business,
                "team": self.team_name(key, language),
                "menu": menu,
                "code": conversation.code if conversation else "",
                "next_open": next_open,
            },
        )

    def calendar(self, team: str) -> Calendar:
        """When a team is there; one without hours, and the inbox, always."""
        known = self.settings.teams.get(team)
        hours = self.settings.hours.get(known.hours) if known is not None and known.hours else None
        return Calendar(hours, self.settings.zone)

    def canned(self, team: str) -> Mapping[str, Text]:
        """The ready answers of a team by name: its own, and those of all."""
        known = self.settings.teams.get(team)
        return {**self.settings.canned, **(known.canned if known is not None else {})}

    def hours_of(self, team: str) -> Hours | None:
        """A team's table of hours; None: it is always there."""
        return self.calendar(team).hours

    def is_held(self, team: str) -> bool:
        """Whether what comes while a team is away is shown to it without a sound."""
        hours = self.hours_of(team)
        return hours is not None and hours.away_action == "hold"

    def _next_open(self, team: str, now: datetime, language: str) -> str:
        opens = self.calendar(team).next_open(now)
        if opens is None:
            return ""
        wording = Wording(language) if language in LANGUAGES else self.wording
        return moment_ahead(opens.astimezone(self.settings.zone), now.astimezone(self.settings.zone), wording)


def choice_id_of(name: str) -> str:
    """The id of an option's button: the same after a reload as long as the option's name is."""
    return OPTION + name.encode()[:_CHOICE_BYTES].decode(errors="ignore")


def name_in(choice_id: str) -> str:
    """The name that the button of an option showed which the file may not have any more."""
    if choice_id.startswith(RATE):
        return choice_id.rpartition(" ")[2]
    return choice_id.removeprefix(OPTION)


def _names(found: Sequence[Option]) -> dict[int, str]:
    """By index, the first entry that leads nowhere else; or else where the option leads."""
    targets: dict[str, set[str]] = {}
    for option in found:
        for entry in option.entries:
            targets.setdefault(normalise(entry), set()).add(option.target)
    return {
        option.index: next(
            (entry for entry in option.entries if len(targets[normalise(entry)]) == 1), option.target
        )
        for option in found
    }
