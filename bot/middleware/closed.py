"""After closing: thanks reopen nothing, a message soon after goes on, a later one begins anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import begin
from bot.api import MediaKind
from bot.ending import reopen
from bot.matching import normalise
from bot.model import Conversation, Message, Status
from bot.placing import forward, rehouse
from bot.turn import Due, Next, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The layer.

    Attributes:
        reopen_window: how long after closing a message continues the conversation.
        acks: what says no more than "thank you", as it is typed and normalised.
    """

    reopen_window: timedelta
    acks: frozenset[str]

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Decide what a message to a closed conversation is."""
        current = turn.record.current
        if current is None or current.status is not Status.CLOSED:
            await call_next(turn)
            return
        if isinstance(turn.event, Due):
            return
        message = turn.record.messages[turn.message]
        if self._is_acknowledgement(message):
            turn.handled_by = "acknowledgement"
            forward(turn, message, silent=True)
        elif is_over(current, turn.now, self.reopen_window):
            begin(turn)
            turn.record.change_message(message.number, conversation=turn.conversation.number)
            await call_next(turn)
        else:
            rehouse(turn)
            reopen(turn)
            turn.change(waiting_since=turn.now)
            if turn.conversation.status is Status.PENDING:
                await call_next(turn)
                return
            turn.handled_by = "reopen"
            turn.tell(
                turn.rules.wording(
                    "notice.reopened_contact", name=turn.contact.display_name, code=current.code
                )
            )
            forward(turn, message)

    def _is_acknowledgement(self, message: Message) -> bool:
        if message.location or message.shared_contact or message.unsupported:
            return False
        if any(file.kind != MediaKind.STICKER for file in message.files):
            return False
        text = message.text.strip()
        return text in self.acks or _once(normalise(text)) in self.acks if text else bool(message.files)


def is_over(conversation: Conversation, now: datetime, reopen_window: timedelta) -> bool:
    """Whether a closed conversation is so long ago that what comes now is another one."""
    ended_at = conversation.closed_at or conversation.started_at
    if conversation.human_at is not None:
        # A person may have written since, in the platform's own app.
        ended_at = max(ended_at, conversation.human_at)
    return now - ended_at >= reopen_window


def _once(text: str) -> str:
    """A normalised text without repetitions, as in two thumbs for one."""
    return " ".join(dict.fromkeys(text.split()))


def acknowledgements(entries: tuple[str, ...]) -> frozenset[str]:
    """The entries of `acks`, as they are typed (":)" has no letters) and normalised."""
    return frozenset(entries) | frozenset(_once(normalise(entry)) for entry in entries) - {""}
