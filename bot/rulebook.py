"""What config.toml means to a turn: rooms, answers by number and button, texts; made anew at each reload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.api import ChatRef, Choice
from bot.config import Answer, Settings, Text
from bot.matching import Matcher, Option, menu_text, normalise, options
from bot.model import INBOX, Contact, Conversation
from bot.wording import Wording, fill

MENU = "{menu}"

_CHOICE = "go "
_CHOICE_BYTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A team chat, and the team that answers from it."""

    team: str
    chat: ChatRef


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
        """Every team chat by its address; the inbox is one of them."""
        found = {self.inbox.chat.address: self.inbox}
        for key, team in self.settings.teams.items():
            if team.chat is not None:
                found.setdefault(team.chat.address, Room(team=key, chat=team.chat))
        return found

    @cached_property
    def inbox(self) -> Room:
        """The general section."""
        return Room(team=INBOX, chat=self.settings.inbox.chat)

    def room_of(self, team: str) -> Room | None:
        """The chat that the team answers from; None when it has none that is switched on."""
        if team == INBOX:
            return self.inbox
        known = self.settings.teams.get(team)
        if known is None or known.chat is None or not self.is_enabled(known.chat):
            return None
        return Room(team=team, chat=known.chat)

    def room_at(self, chat: ChatRef) -> Room | None:
        """The team chat at this address, or None: then it is a contact's."""
        return self.rooms.get(chat.address)

    def is_enabled(self, chat: ChatRef) -> bool:
        """Whether the chat's channel is switched on."""
        channel = self.settings.channels.get(chat.channel)
        return channel is not None and channel.enabled

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
        team: str = "",
        menu: str = "",
    ) -> str:
        """A text of config.toml as one contact reads it, its placeholders filled."""
        language = contact.language
        return fill(
            text.in_language(language, self.settings.language),
            {
                "first_name": contact.first_name,
                "name": contact.name,
                "business": self.settings.business,
                "team": self.team_name(team or (conversation.team if conversation else ""), language),
                "menu": menu,
                "code": conversation.code if conversation else "",
                "next_open": "",
            },
        )


def choice_id_of(name: str) -> str:
    """The id of an option's button: the same after a reload as long as the option's name is."""
    return _CHOICE + name.encode()[:_CHOICE_BYTES].decode(errors="ignore")


def name_in(choice_id: str) -> str:
    """The name that the button of an option showed which the file may not have any more."""
    return choice_id.removeprefix(_CHOICE)


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
