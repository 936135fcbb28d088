"""Secrets stay out of every report."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.positions import Positions
from bot.config.report import Report, Secret
from tests.bot.config.snippets import BASE, checked, settings

SECRET = "s3cr3t-Tok3n-0123456789-abcdefghij"


ONLY_FROM_ENVIRONMENT = [
    '[channels.post]\nenabled = true\ntoken = "a-good-one"\nnumber = "SECRET"',
    '[channels.post]\nenabled = true\ntoken = "a-good-one"\nmode = "webhook"\nretries = "SECRET"',
    '[channels.post]\nplugin = "SECRET"',
]
TOKEN = '[channels.post]\ntoken = "SECRET"\n'
WITH_A_TOKEN = [
    '[channels.post]\nenabled = true\ntoken = ["SECRET"]',
    TOKEN + '[teams.y]\nchat = "SECRET:1"',
    TOKEN + '[teams.y]\nchat = "room:y"\nhours = "SECRET"',
    TOKEN + '[routing]\nwelcome = "{SECRET}"\nfirst_message = "SECRET"',
    TOKEN + '[routing]\nfallback = "SECRET"',
    TOKEN + '[[routing.examples]]\ntext = "SECRET"\nexpect = "support"',
    TOKEN + 2 * '[[routing.answers]]\nwhen = "SECRET"\nteam = "support"\n',
]


@pytest.mark.parametrize(
    ("snippet", "source"),
    [
        *((snippet, "environment") for snippet in ONLY_FROM_ENVIRONMENT + WITH_A_TOKEN),
        *((snippet, "file") for snippet in WITH_A_TOKEN),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, SECRET * 10, f"{SECRET[:20]}\u200b{SECRET[20:]}"])
def test_a_secret_is_in_no_problem(tmp_path: Path, snippet: str, source: str, secret: str) -> None:
    """A mistake with a secret, or with another value that equals it, is reported without it."""
    value = "${VALUE}" if source == "environment" else secret
    report = checked(tmp_path, BASE + snippet.replace("SECRET", value), {"VALUE": secret})
    assert report.problems
    assert secret[:20] not in report.render()
    assert secret[:20] not in repr(report)


def test_a_secret_is_not_in_the_settings_as_text(tmp_path: Path) -> None:
    """Printing the settings shows no secret."""
    found = settings(tmp_path, BASE + '[channels.post]\ntoken = "${VALUE}"\n', {"VALUE": SECRET})
    assert SECRET not in repr(found)


@given(st.text(min_size=4, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_hidden_wherever_it_stands(value: str, before: str, after: str) -> None:
    """A secret of four characters or more is hidden in any sentence, and so is half of a long one."""
    report = Report(positions=Positions(), secrets=[Secret(value=value, shown="***")])
    report.add(("a",), f"{before}{value}{after}", f"{before}{value[: max(8, len(value) // 2)]}{after}")
    (problem,) = report.problems()
    stars = "***" in value or value in "***" or value in f"{before}***{after}"
    assert stars or value not in problem.what
    assert value not in repr(report.secrets) or value in "Secret(shown='***')[]"


def test_a_short_value_hides_nothing() -> None:
    """A value of a letter or two does not make the report unreadable."""
    report = Report(positions=Positions(), secrets=[Secret(value="a", shown="***")])
    report.add(("a",), "a wrong value", "write another")
    assert report.problems()[0].what == "a wrong value"
