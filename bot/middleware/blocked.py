"""A contact that a member blocked is written down, and nothing else."""

from bot.turn import Due, Next, Turn


async def blocked(turn: Turn, call_next: Next) -> None:
    """Keep a blocked contact away from the team and from the bot."""
    if turn.contact.is_blocked:
        turn.handled_by = "blocked"
        if isinstance(turn.event, Due):
            # A timer that nothing acts on must not come due again and again.
            turn.change(settle_at=None, menu_due_at=None, unsettled=(), timers={})
        return
    await call_next(turn)
