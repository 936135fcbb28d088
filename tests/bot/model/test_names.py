from hypothesis import given
from hypothesis import strategies as st

from bot.model import one_line, plain_name


@given(st.text())
def test_one_line(text: str) -> None:
    """What is repeated to people is one line of characters that can be seen."""
    assert one_line(text).isprintable()


@given(st.text())
def test_plain_name_is_short(text: str) -> None:
    """A name never takes more room than a line has."""
    assert len(plain_name(text)) <= 100


def test_plain_name_is_no_second_line() -> None:
    """A name cannot pass for a line of the card."""
    assert plain_name("Ann\n⚪ Closed\u202e") == "Ann ⚪ Closed"
