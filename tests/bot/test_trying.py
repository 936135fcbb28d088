"""`try`: a new contact's texts through the real pipeline."""

import json

from bot.trying import play
from tests.bot.building import ASSIGNED, ERROR, FALLBACK, START, TWINS, WELCOME, settings_of


async def test_a_conversation_is_played_to_its_end() -> None:
    """Each text has its decision, its replies and its team, as a real contact would have them."""
    texts = ["Hello", "hours", "xyzzy", "my bike is broken", "are you there?"]
    played = await play(settings_of(settle="1.5s"), texts, now=START)
    assert [each.decision for each in played] == ["welcome", "faq", "error", "team", "quiet"]
    assert [each.replies for each in played] == [
        [WELCOME.replace(" Ann", "")],
        ["We open at nine."],
        [ERROR],
        [ASSIGNED],
        [],
    ]
    assert [each.team for each in played] == [None, None, None, "support", "support"]
    assert [each.answer for each in played] == [None, "Opening hours", None, "Support", None]


async def test_it_says_what_matched_and_why() -> None:
    """The reason names the entry, how it stood there, and the line of the file, and what came second."""
    settings = settings_of()
    (_welcome, played) = await play(settings, ["Hello", "help, what is the price"], now=START)
    assert "stands in the text as whole words" in played.why
    assert "“price”" in played.why
    assert f"config.toml, line {settings.routing.answers[1].line}" in played.why
    assert "Next would be Support" in played.why


async def test_the_first_text_says_what_it_would_have_matched() -> None:
    """A welcomed text is explained by what it would lead to after the welcome."""
    (played,) = await play(settings_of(), ["help"], now=START)
    assert "Support" in played.why


async def test_posts_are_told_once() -> None:
    """What the team was shown for one text is not shown again for the next."""
    played = await play(settings_of(max_attempts=1), ["Hello", "hours", "xyzzy"], now=START)
    assert played[1].posts == ["desk:inbox: Hello\nhours", "desk:inbox: Bot → We open at nine."]
    assert played[2].decision == "fallback"
    assert played[2].replies == [FALLBACK]
    assert played[2].posts[0] == "desk:inbox: xyzzy"
    assert sum("hours" in post for post in played[2].posts) == 0


async def test_an_open_conversation_is_explained() -> None:
    """Silence in an open conversation is not taken for a fault."""
    played = await play(settings_of(), ["Hello", "help", "hours"], now=START)
    assert played[-1].decision == "quiet"
    assert "open" in played[-1].why


async def test_an_unclear_text_is_asked_about() -> None:
    """A question has the decision `ask`, and names no team."""
    played = await play(settings_of(answers=TWINS), ["Hello", "bike"], now=START)
    assert (played[-1].decision, played[-1].team) == ("ask", None)
    assert played[-1].why.startswith("Several fit equally well")


async def test_it_can_be_told_as_json_and_as_text() -> None:
    """The result is plain values for JSON, and readable lines for people."""
    (_, played) = await play(settings_of(), ["Hello", "help"], now=START)
    told = json.loads(json.dumps(played.as_dict()))
    assert {"text", "decision", "team", "answer", "replies"} <= set(told)
    assert (told["team"], told["answer"], told["replies"]) == ("support", "Support", [ASSIGNED])
    assert str(played).splitlines()[:2] == ["> help", "  decision: team (answers)"]
