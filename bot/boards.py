"""The board of each team chat: who waits, who has it, pinned and edited in place, only when it changed."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec.structs import replace

from bot.api import ChatRef, PostStyle
from bot.chores import repeated
from bot.duty import Abilities
from bot.intake import Intake
from bot.model import HOUSE, INBOX, Action, Board, House, Ledger, Status
from bot.notices import put
from bot.rulebook import Room, Rulebook
from bot.store import Index, LiveConversation
from bot.times import moment

LOOK_EVERY_S = 15.0
"""How often it is looked whether a board has changed: a group takes few edits a minute."""
MOST_ROWS = 25


class Boards:
    """What keeps the boards.

    Args:
        intake: where the record of the house is changed.
        index: who waits.
        rules: config.toml as it is now.
        abilities: what a platform can do in a chat.
    """

    def __init__(
        self, *, intake: Intake, index: Index, rules: Callable[[], Rulebook], abilities: Abilities
    ) -> None:
        self._intake = intake
        self._index = index
        self._rules = rules
        self._abilities = abilities
        self._shown: dict[ChatRef, str] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await asyncio.sleep(LOOK_EVERY_S)
        await repeated("the boards could not be brought up to date", self.look, every_s=LOOK_EVERY_S)

    async def look(self) -> None:
        """Bring up to date what has changed since the last look."""
        rules, live = self._rules(), list(self._index.live())
        texts = {
            room.chat: board(live, room, rules)
            for room in rules.rooms.values()
            if not room.members and self._can(room.chat)
        }
        changed = {chat: text for chat, text in texts.items() if self._shown.get(chat) != text}
        if not changed:
            return

        async def decide(house: Ledger, now: datetime) -> bool:
            assert isinstance(house, House)
            shown = [_show(house, chat, text, now) for chat, text in changed.items()]
            return any(shown)

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))
        self._shown.update(changed)

    def _can(self, chat: ChatRef) -> bool:
        able = self._abilities(chat)
        return able is not None and able.pins and able.edits


def board(live: Iterable[LiveConversation], room: Room, rules: Rulebook) -> str:
    """What a board says; empty when nobody waits."""
    say, zone = rules.wording, rules.settings.zone
    waiting = sorted(
        (
            (row.waiting_since, row)
            for row in live
            if row.waiting_since is not None and row.status is Status.OPEN and row.team == room.team
        ),
        key=lambda pair: pair[0],
    )
    asked = sum(1 for row in live if row.status is Status.PENDING) if room.team == INBOX else 0
    rows = [
        say(
            "board.row",
            code=row.code,
            name=row.name,
            since=moment(since.astimezone(zone)),
            agent=row.claimed_name or say("queue.free"),
        )
        for since, row in waiting[:MOST_ROWS]
    ]
    more = [say("list.more", count=len(waiting) - MOST_ROWS)] if len(waiting) > MOST_ROWS else []
    with_bot = [say("board.pending", count=asked)] if asked else []
    return "\n".join((say("board.title", count=len(waiting)), *rows, *more, *with_bot))


def _show(house: House, chat: ChatRef, text: str, now: datetime) -> bool:
    known = house.boards.get(chat.address)
    for item in house.outbox.values():
        if item.chat == chat and item.style is PostStyle.BOARD:
            house.outbox[item.number] = replace(item, text=text)
            break
    else:
        if known is None:
            put(house, Action.POST, chat, now, text=text, style=PostStyle.BOARD, silent=True)
            return True
        if known.text == text:
            return False
        put(house, Action.EDIT, chat, now, text=text, style=PostStyle.BOARD, target=known.platform_id)
    if known is not None:
        board_now = Board(platform_id=known.platform_id, text=text)
        house.boards = {**house.boards, chat.address: board_now}
    return True
