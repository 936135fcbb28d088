"""The table in config.toml: what is right, what is wrong, and what to write instead."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from plugins.whatsapp import Settings
from plugins.whatsapp.settings import API_URL

HX = "HX" + "a" * 32
TABLE = {"enabled": True, "account_sid": "AC" + "a" * 32, "auth_token": "t", "number": "+33612345678"}


def read(context: dict[str, Any] | None = None, **more: Any) -> Settings:
    """Read a table."""
    return Settings.model_validate(TABLE | more, context=context)


def test_least_table() -> None:
    """Account, token and number are enough."""
    settings = read()
    assert settings.api_url == API_URL
    assert not settings.content_sids
    assert not settings.wake_name


@pytest.mark.parametrize("number", ["+33612345678", "+33 6 12-34 (56) 78", "whatsapp:+33612345678"])
def test_spellings_of_the_number(number: str) -> None:
    """The number may be written as people and Twilio's console write it."""
    assert read(number=number).number == "+33612345678"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("number", "0612345678", "write it with + and the country"),
        ("account_sid", "SK" + "a" * 32, "write the AC…"),
        ("menu_content", "menu", "write the HX…"),
        ("wake_template", "hello", "write an HX…"),
        ("templates", {"reminder": "hello"}, "write the HX…"),
        ("templates", {"two words": HX}, "pattern"),
        ("api_url", "api.twilio.com", "no web address"),
        ("api_url", "https://api.twilio.com?x=1", "no web address"),
    ],
)
def test_wrong_values(key: str, value: object, words: str) -> None:
    """A wrong value is refused with what to write instead."""
    with pytest.raises(ValidationError, match=re.escape(words)):
        Settings.model_validate(TABLE | {key: value})


def test_public_url_is_needed() -> None:
    """An enabled channel that Twilio could not reach is refused; one that is off may be unfinished."""
    with pytest.raises(ValidationError, match=r"server\.public_url"):
        read({"public_url": ""})
    assert not read({"public_url": ""}, enabled=False).enabled
    assert read({"public_url": "https://chat.example.org"}).enabled


def test_api_url_without_a_slash() -> None:
    """A slash at the end of the API's root changes nothing."""
    assert read(api_url="https://api.dublin.ie1.twilio.com/").api_url == "https://api.dublin.ie1.twilio.com"


@pytest.mark.parametrize(
    ("wake", "templates", "name", "sids"),
    [
        (HX, {}, "wake", {"wake": HX}),
        (HX, {"hello": HX}, "hello", {"hello": HX}),
        ("hello", {"hello": HX}, "hello", {"hello": HX}),
        ("", {"hello": HX, "later": ""}, "", {"hello": HX}),
    ],
)
def test_wake_template(wake: str, templates: dict[str, str], name: str, sids: dict[str, str]) -> None:
    """The wake template is one of the templates, under its own name or as `wake`."""
    settings = read(wake_template=wake, templates=templates)
    assert (settings.wake_name, settings.content_sids) == (name, sids)


def test_token_is_not_shown() -> None:
    """The token stands in no text of the settings."""
    assert "secret-token" not in repr(read(auth_token="secret-token"))
