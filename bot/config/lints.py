"""What the models cannot see: names that lead nowhere, and values that contradict each other."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from bot.api import ChatRef
from bot.config.explaining import source_path
from bot.config.hours import DAYS, MINUTES_A_DAY, Hours
from bot.config.models import INBOX, Settings
from bot.config.problems import KeyPath, Severity, named, suggestion
from bot.config.report import Report
from bot.config.text import is_language
from bot.config.values import read_name

_WARNING = Severity.WARNING
_LONGEST_CLOSING_DELAY = timedelta(hours=24)
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  # they are read, not listened on
# What `fallback` and the examples say for something else than a team.
_RESERVED = (INBOX, "error")


def lint(settings: Settings, report: Report, file: Mapping[str, Any]) -> None:
    """Report everything that is wrong between the values of a file.

    Args:
        settings: what could be read.
        report: takes the problems, and knows what could not be read.
        file: the values as the file has them.
    """
    # A team whose table is wrong is a team all the same.
    tables = file.get("teams", {})
    teams = tuple(tables) if isinstance(tables, Mapping) else ()
    _lint_server(settings, report)
    _lint_channels(settings, report)
    _lint_teams(settings, report)
    _lint_routing(settings, report, teams)
    _lint_examples(settings, report)
    _lint_times(settings, report, teams)
    for name, hours in settings.hours.items():
        _lint_hours(name, hours, report, file)


def _lint_server(settings: Settings, report: Report) -> None:
    server = settings.server
    if server.host in _EVERYWHERE and not server.public_url:
        what = "people reach this server from other machines, and the links that it writes lead to its own"
        advice = 'write public_url = "http://ADDRESS:PORT", as a browser there would open it'
        report.lint(("server", "host"), what, advice, severity=_WARNING)


def _lint_channels(settings: Settings, report: Report) -> None:
    if not any(channel.enabled for channel in settings.channels.values()):
        what = "no channel is enabled, so nobody can write in"
        report.lint(("channels",), what, "write enabled = true in one of them", severity=_WARNING)


def _lint_teams(settings: Settings, report: Report) -> None:
    for name, team in settings.teams.items():
        path: KeyPath = ("teams", name)
        _lint_name(path, report)
        if team.chat is not None and team.members:
            report.lint(path, "a team has either a chat or members", "delete `chat` or `members`")
        if team.chat is None and not team.members:
            what = "nobody can read this team's chats, so they go to the inbox"
            report.lint(path, what, 'write chat = "channel:id"', severity=_WARNING)
        if team.chat is not None:
            _lint_address((*path, "chat"), team.chat, settings, report)
            _lint_shared(name, settings, report)
        for index, member in enumerate(team.members):
            _lint_address((*path, "members", index), member, settings, report)
        if team.hours is not None and team.hours not in settings.hours:
            what, known = f"there is no table [hours.{team.hours}]", sorted(settings.hours)
            advice = suggestion(team.hours, known) or f"add [hours.{team.hours}], or delete this key"
            if not report.is_broken(("hours", team.hours)):
                report.lint((*path, "hours"), what, advice)
    _lint_address(("inbox", "chat"), settings.inbox.chat, settings, report, severity=Severity.ERROR)


def _lint_shared(name: str, settings: Settings, report: Report) -> None:
    """Warn of a chat that an earlier team has too."""
    chat = settings.teams[name].chat
    first = next(each for each, team in settings.teams.items() if team.chat == chat)
    if first != name:
        what = f"this is the chat of [teams.{first}] too, so each team reads what the other is asked"
        report.lint(("teams", name, "chat"), what, "give each team a chat of its own", severity=_WARNING)


def _lint_address(
    path: KeyPath, chat: ChatRef, settings: Settings, report: Report, *, severity: Severity = _WARNING
) -> None:
    if report.is_broken(("channels", chat.channel)):
        return
    if chat.channel not in settings.channels:
        known = sorted(settings.channels)
        table = f"add [channels.{chat.channel}] with enabled = true"
        near = suggestion(chat.channel, known)
        advice = f"{near}, or {table}" if near else table
        report.lint(path, f"there is no channel {named(chat.channel)}", advice)
    elif not settings.is_enabled(chat.channel):
        ends = "so nobody sees what arrives" if severity is Severity.ERROR else "so its chats go to the inbox"
        what = f"the channel {named(chat.channel)} is not enabled, {ends}"
        report.lint(path, what, f"write enabled = true in [channels.{chat.channel}]", severity=severity)
    if settings_of := settings.channels.get(chat.channel):
        what, _, instead = settings_of.address_fault(chat.chat_id).partition("; ")
        if what:
            report.lint(path, what, instead)


def _lint_routing(settings: Settings, report: Report, teams: tuple[str, ...]) -> None:
    routing = settings.routing
    if routing.fallback != INBOX:
        _lint_team(("routing", "fallback"), routing.fallback, (*teams, INBOX), report)
    if not routing.error or any(text.is_empty for text in routing.error):
        what = "a contact who is not understood would get an empty answer"
        report.lint(("routing", "error"), what, 'write at least one text: error = ["…"]')
    if routing.welcome.is_empty and routing.first_message == "welcome":
        report.lint(("routing", "welcome"), "the welcome is empty", 'write one, or first_message = "match"')
    for index, answer in enumerate(routing.answers):
        path: KeyPath = ("routing", "answers", index)
        if answer.team is not None:
            _lint_team((*path, "team"), answer.team, teams, report)
        if answer.lang is not None and not is_language(answer.lang):
            what = f"{named(answer.lang)} is no language"
            report.lint((*path, "lang"), what, 'write it as "fr", "en" or "pt-BR"')


def _lint_examples(settings: Settings, report: Report) -> None:
    for index, example in enumerate(settings.routing.examples):
        path: KeyPath = ("routing", "examples", index)
        if not example.text.strip():
            report.lint((*path, "text"), "the example has no text", 'write text = "what a contact writes"')
        if not example.expect:
            what = "the example does not say where it must lead"
            report.lint((*path, "expect"), what, 'write expect = a team, a label, or "error"')


def _lint_times(settings: Settings, report: Report, teams: tuple[str, ...]) -> None:
    if settings.lifecycle.closing_delay > _LONGEST_CLOSING_DELAY:
        what = "the closing message may wait for 24 hours at most"
        report.lint(("lifecycle", "closing_delay"), what, 'write "24h" or less')
    reminders = settings.reminders
    path: KeyPath = ("reminders", "escalate_to")
    if reminders.escalate_to is None:
        if reminders.escalate_after:
            what = "no team is named that a long wait is passed to"
            report.lint(
                ("reminders", "escalate_after"), what, "write escalate_to = a team", severity=_WARNING
            )
        return
    if _lint_team(path, reminders.escalate_to, teams, report) and teams == (reminders.escalate_to,):
        what = "the only team would pass its chats to itself"
        report.lint(path, what, "delete this key, or add another team")


def _lint_team(path: KeyPath, team: str, teams: tuple[str, ...], report: Report) -> bool:
    if team not in teams:
        what = f"there is no team {named(team)}"
        report.lint(path, what, suggestion(team, teams) or f"add a table [teams.{team}]")
    return team in teams


def _lint_name(path: KeyPath, report: Report) -> None:
    name = str(path[-1])
    if name in _RESERVED:
        report.lint(path, f"{named(name)} has a meaning of its own", "give the team another key")
    try:
        read_name(name)
    except ValueError as error:
        what, _, instead = str(error).rpartition("; ")
        report.lint(path, what, instead)


def _lint_hours(name: str, hours: Hours, report: Report, file: Mapping[str, Any]) -> None:
    if not any(hours.week):
        advice = 'write mon-fri = ["09:00-18:00"]'
        report.lint(("hours", name), "it is never open", advice, severity=_WARNING)
    for place, day in enumerate(DAYS):
        path = source_path(("hours", name, day), file)
        intervals = sorted(hours.week[place])
        if any(later.opens < earlier.closes for earlier, later in pairwise(intervals)):
            report.lint(path, "two intervals of a day overlap", "end the first before the second begins")
        next_day = hours.week[(place + 1) % 7]
        latest = max((interval.closes for interval in intervals), default=0)
        first = min((interval.opens for interval in next_day), default=MINUTES_A_DAY)
        if latest - MINUTES_A_DAY > first:
            report.lint(path, "the night runs into the opening of the next day", "end it before that")
