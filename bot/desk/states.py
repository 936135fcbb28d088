"""How a contact's thread stands, shown from outside where the platform can; only changes are sent."""

from datetime import datetime

from bot.api import ThreadState
from bot.duty import Abilities
from bot.model import Action, Conversation, Record, Status
from bot.notices import put


def show(record: Record, abilities: Abilities, now: datetime) -> None:
    """Put what has changed in the draft's outbox: the room's thread, and those that were left."""
    current = record.current
    if current is None:
        return
    for thread in record.contact.threads:
        if not thread.thread_id:
            continue
        state = state_of(current) if thread.chat == current.room else ThreadState.CLOSED
        if thread.state is state:
            continue
        able = abilities(thread.chat)
        if able is None or not able.thread_states:
            continue
        record.change_thread(thread.chat, state=state)
        waits = any(
            item.action is Action.THREAD_STATE and item.chat == thread.chat for item in record.outbox.values()
        )
        if not waits:
            # What is shown is read when it is sent, so that one that waits shows the last state.
            put(record, Action.THREAD_STATE, thread.chat, now, conversation=current.number)


def state_of(conversation: Conversation) -> ThreadState:
    """How a conversation stands in the team chat that has it."""
    if conversation.status is Status.CLOSED:
        return ThreadState.CLOSED
    return ThreadState.ANSWERED if conversation.waiting_since is None else ThreadState.WAITING
