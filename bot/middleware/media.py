"""A picture or a voice note says nothing to match: it is kept, and answered with a hint, once."""

from bot.turn import Decision, Next, Turn


async def media(turn: Turn, call_next: Next) -> None:
    """Answer a burst without words; it never counts as a failed attempt."""
    conversation = turn.conversation
    if turn.text.strip():
        await call_next(turn)
        return
    turn.handled_by = "media"
    turn.decision = Decision.QUIET
    turn.change(unsettled=())
    if conversation.is_hinted:
        return
    turn.change(is_hinted=True)
    hint = turn.rules.settings.routing.media_hint
    menu = turn.rules.menu(turn.contact.language)
    turn.say(
        turn.filled(hint, menu=menu.text),
        choices=menu.choices if turn.rules.has_menu(hint, turn.contact.language) else (),
    )
