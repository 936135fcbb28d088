"""What our own account wrote, as its platform reports it back; only what a person wrote elsewhere counts."""

from bot.actions import begin, give
from bot.api import EchoReceived, Origin
from bot.middleware.closed import is_over
from bot.model import INBOX, Action, Direction, Progress, Status
from bot.transcript import excerpt
from bot.turn import Next, Turn


async def echo(turn: Turn, call_next: Next) -> None:
    """Drop the echo of our own sends; on a colleague's reply in the platform's own app, step back."""
    event = turn.event
    if not isinstance(event, EchoReceived):
        await call_next(turn)
        return
    turn.handled_by = "echo"
    if _is_ours(turn, event):
        return
    current, window = turn.record.current, turn.rules.settings.lifecycle.reopen_window
    if current is None or (current.status is Status.CLOSED and is_over(current, turn.now, window)):
        current = begin(turn)
    if current.status is Status.PENDING:
        # Somebody answers already, so it is people's from now on.
        give(turn, INBOX, silent=True)
    line = turn.write(
        Direction.OUTGOING,
        text=event.text,
        author="…",
        origin=Origin.HUMAN,
        progress=Progress.SENT,
        platform_ids=(event.message_id,),
    )
    turn.change(is_quiet=True, human_at=turn.now, waiting_since=None)
    turn.tell(
        turn.rules.wording("notice.elsewhere", text=excerpt(event.text)), silent=True, carries=(line.number,)
    )


def _is_ours(turn: Turn, event: EchoReceived) -> bool:
    if event.outgoing_id:
        # The platform returns our own id; a part of a long text has a suffix behind a dash.
        record_id, _, number = event.outgoing_id.rpartition(".")
        return record_id == turn.record.record_id and number.partition("-")[0].isdecimal()
    known = turn.record.newest(
        lambda line: (
            event.message_id in line.platform_ids
            # It may be reported before our own send has returned, or instead of that.
            or (line.progress is Progress.UNCERTAIN and line.text == event.text)
        )
    )
    under_way = (item.text for item in turn.record.outbox.values() if item.action is Action.SEND)
    return known is not None or event.text in filter(None, under_way)
