"""What a good file says."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.api import ChatRef
from bot.config import LANGUAGES, Holiday, Hours, Interval, Settings, Text
from bot.config.hours import DAYS, days_of
from bot.config.values import read_duration
from tests.bot.config.snippets import BASE, loaded, settings


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("24h", 86_400),
        ("7d", 604_800),
        ("0s", 0),
        ("0d", 0),
        ("1.5s", 1.5),
        ("1h30m", 5400),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    """A duration is a number and a unit, or several."""
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ["", "s", "10", "10 m", "-1s", "1.s", "1y", "٣s", "1e3s", True, None, 1.5, [], "9" * 99 + "s"]
)
def test_what_is_no_duration_is_refused(value: object) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match="duration"):
        read_duration(value)


@given(st.text(alphabet="0123456789.smhd", max_size=12))
def test_a_duration_is_never_negative(text: str) -> None:
    """Whatever is read as a duration lies between nothing and ten years."""
    with suppress(ValueError):
        assert timedelta() <= read_duration(text) <= timedelta(days=3650)


def test_every_key_has_its_attribute(tmp_path: Path) -> None:
    """What the file says is found under the names of its keys."""
    toml = (
        BASE.replace('business = "Dupont"', 'business = "D"\nlanguage = "fr"\ntimezone = "Europe/Paris"')
        + """
[server]
public_url = "https://x.example/"
[teams.paris]
name = { fr = "Paris", en = "Paris office" }
members = ["room:a", "room:b:c"]
hours = "office"
signature = "first_name"
[routing]
error = "Pardon ?"
max_attempts = 0
fallback = "support"
settle = "2s"
[[routing.answers]]
label = "Paris"
when = [75, "paris"]
team = "paris"
lang = "fr"
[[routing.answers]]
when = "merci"
reply = "De rien"
team = ""
[[routing.examples]]
text = "75"
expect = "paris"
[hours.office]
mon-fri = ["08:30-12:00", "13:30-18:00"]
wed = "09:00-12:00"
fri-sat = ["22:00-02:00"]
holidays = [2026-12-25, "2026-12-31..2027-01-01"]
[canned]
hi = "Bonjour"
"""
    )
    found = settings(tmp_path, toml)
    assert (found.business, found.language, found.zone.key) == ("D", "fr", "Europe/Paris")
    assert found.server.public_url == "https://x.example"
    paris = found.teams["paris"]
    assert paris.name.in_language("en", "fr") == "Paris office"
    assert (paris.chat, paris.members) == (None, (ChatRef("room", "a"), ChatRef("room", "b:c")))
    assert (paris.hours, paris.signature, paris.reply_mode, paris.claim_lock) == (
        "office",
        "first_name",
        "all",
        "hold",
    )
    assert found.chats("paris") == paris.members
    assert found.teams["support"].name == Text.of("support")
    routing = found.routing
    assert routing.error == (Text.of("Pardon ?"),)
    assert (routing.max_attempts, routing.fallback, routing.settle) == (0, "support", timedelta(seconds=2))
    first, second = routing.answers
    assert (first.when, first.team, first.lang, first.line) == (("75", "paris"), "paris", "fr", 25)
    assert (second.when, second.team, second.lang, second.line) == (("merci",), None, None, 30)
    assert (routing.examples[0].expect, routing.examples[0].line) == ("paris", 34)
    office = found.hours["office"]
    assert office.mon == (Interval(510, 720), Interval(810, 1080))
    assert office.wed == (Interval(540, 720),)
    assert office.fri == office.sat == (Interval(1320, 1560),)
    assert office.sun == ()
    assert office.holidays == (
        Holiday(date(2026, 12, 25), date(2026, 12, 25)),
        Holiday(date(2026, 12, 31), date(2027, 1, 1)),
    )
    assert found.canned["hi"] == Text.of("Bonjour")


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:8080", "https://x.example/guichet"])
def test_the_public_address_is_one_or_empty(tmp_path: Path, address: str) -> None:
    """The public address is a web address without a slash at its end, or empty."""
    toml = f'{BASE}[server]\npublic_url = "{address}"\n'
    assert settings(tmp_path, toml).server.public_url == address


@pytest.mark.parametrize("address", ["x", "ftp://x", "https://", "http://[", "http://x:99999", "https://x?y"])
def test_what_is_no_web_address_is_refused(tmp_path: Path, address: str) -> None:
    """Anything else is no public address."""
    (problem,) = loaded(tmp_path, f'{BASE}[server]\npublic_url = "{address}"\n').problems
    assert problem.what == f'"{address}" is no web address'


def test_a_channel_can_stand_twice(tmp_path: Path) -> None:
    """A second account of a platform has its own name and says which plugin serves it."""
    found = settings(tmp_path, BASE + '[channels.second]\nplugin = "room"\nkey = "k"\n')
    assert (found.plugin_of("room"), found.plugin_of("second")) == ("room", "room")
    assert found.is_enabled("room")
    assert not found.is_enabled("second")
    assert not found.is_enabled("third")


def test_a_chat_on_a_channel_that_is_off_is_out_of_reach(tmp_path: Path) -> None:
    """Only members on enabled channels can be reached."""
    toml = BASE + '[channels.second]\nplugin = "room"\n[teams.x]\nmembers = ["room:a", "second:b"]\n'
    assert settings(tmp_path, toml).chats("x") == (ChatRef("room", "a"),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_defaults_speak_the_language_of_the_file(tmp_path: Path, language: str) -> None:
    """In each language of the bot, every text that the file leaves out has a default of its own."""
    toml = f'language = "{language}"\n{BASE}[hours.x]\nmon = "08:00-09:00"\n'
    found = settings(tmp_path, toml)
    texts = [
        *(
            found.routing.welcome,
            found.routing.assigned,
            found.routing.transfer,
            found.routing.fallback_message,
        ),
        *(found.routing.media_hint, found.rating.question, found.rating.thanks, found.hours["x"].away),
        *found.routing.error,
    ]
    assert not any(text.is_empty for text in texts)
    assert len(found.routing.error) == 2
    assert found.lifecycle.acks
    other = settings(tmp_path, toml.replace(f'"{language}"', '"fr"' if language != "fr" else '"en"', 1))
    assert found.routing.welcome != other.routing.welcome
    assert found.routing.welcome.all()[0].count("{menu}") == 1


def test_the_preset_changes_what_the_file_leaves_out(tmp_path: Path) -> None:
    """The preset repeats the error for ever, reopens for ten minutes and knows no thanks; the file wins."""
    found = settings(tmp_path, 'preset = "callbell"\n' + BASE)
    assert (found.routing.max_attempts, found.routing.first_message) == (0, "welcome")
    assert (found.lifecycle.reopen_window, found.lifecycle.acks) == (timedelta(minutes=10), ())
    routing = '[routing]\nmax_attempts = 5\nfirst_message = "match"\n'
    toml = BASE + routing + '[lifecycle]\nreopen_window = "1h"\nacks = ["ok"]\n'
    kept = settings(tmp_path, 'preset = "callbell"\n' + toml)
    assert (kept.routing.max_attempts, kept.routing.first_message) == (5, "match")
    assert (kept.lifecycle.reopen_window, kept.lifecycle.acks) == (timedelta(hours=1), ("ok",))


def test_settings_are_frozen(tmp_path: Path) -> None:
    """Settings cannot be changed once they are read."""
    found = settings(tmp_path, BASE)
    with pytest.raises(ValidationError):
        found.server.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        found.business = ""  # type: ignore[misc]


def test_settings_can_be_made_without_a_file() -> None:
    """The models read values as the file gives them, and values that are read already."""
    made = Settings.model_validate(
        {"inbox": {"chat": "room:inbox"}, "hours": {"x": {"sat-sun": ["10:00-12:00"]}}}
    )
    assert made.hours["x"].sat == made.hours["x"].sun == (Interval(600, 720),)
    interval, holiday = Interval(0, 60), Holiday(date(2026, 1, 1), date(2026, 1, 1))
    hours = Hours.model_validate({"mon": [interval], "holidays": [holiday], "away": Text.of("x")})
    assert (hours.week[0], hours.holidays) == ((interval,), (holiday,))
    again = Settings.model_validate(
        {"inbox": {"chat": ChatRef("room", "x")}, "routing": {"settle": timedelta(1)}}
    )
    assert again.routing.settle == timedelta(1)


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("mon", ("mon",)),
        ("mon-wed", ("mon", "tue", "wed")),
        ("sat-mon", ("sat", "sun", "mon")),
        ("mon-mon", ("mon",)),
        ("lundi", ()),
        ("mon-", ()),
        ("-mon", ()),
        ("mon-fry", ()),
    ],
)
def test_ranges_of_days_are_read(key: str, days: tuple[str, ...]) -> None:
    """A range names its days, over the weekend too; anything else names none."""
    assert days_of(key) == days


@given(st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_a_range_begins_and_ends_with_its_days(first: str, last: str) -> None:
    """A range holds its first and its last day, and no day twice."""
    days = days_of(f"{first}-{last}")
    assert (days[0], days[-1]) == (first, last)
    assert len(set(days)) == len(days)
