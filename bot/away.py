"""A team that is not there: whether it is so, and what its contacts are told, once."""

from datetime import timedelta

from bot.turn import Turn

NOT_AFTER_PEOPLE = timedelta(minutes=10)
"""How long after a person's message the bot does not say that nobody is there."""
NEVER_OPEN = timedelta(days=365)
"""For so long a team that never opens has been said to be away."""


def is_away(turn: Turn, team: str) -> bool:
    """Whether nobody of a team is there now."""
    return not turn.rules.calendar(team).is_open(turn.now)


def say_away(turn: Turn) -> bool:
    """Say that nobody is there, once in each closed time, and not when a person has just written.

    Returns:
        Whether it was said.
    """
    conversation = turn.conversation
    hours = turn.rules.hours_of(conversation.team)
    if hours is None or not is_away(turn, conversation.team):
        return False
    opens = turn.rules.calendar(conversation.team).next_open(turn.now)
    told = conversation.away_until
    # Told of this closed time, and not of another one: hours change.
    is_told = told is not None and turn.now < told and opens in {told, None}
    human_at = conversation.human_at
    if is_told or (human_at is not None and turn.now - human_at < NOT_AFTER_PEOPLE):
        return False
    # Who never opens says it once.
    turn.change(away_until=opens or turn.now + NEVER_OPEN)
    text = turn.filled(hours.away)
    turn.say(text)
    return bool(text)
