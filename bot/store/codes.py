"""The short codes of conversations: whose each is, and which may be given out."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

CODE_REST = timedelta(days=30)
"""How long the code of a closed conversation is not given to another."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Codes:
    """Codes in use, and codes at rest.

    Args:
        clock: the time, by which codes that have rested long enough are forgotten.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._used: dict[str, tuple[str, int]] = {}
        self._resting: dict[str, datetime] = {}
        self._oldest: list[tuple[datetime, str]] = []

    def record_of(self, code: str) -> str | None:
        """The record of the conversation that uses a code."""
        user = self._used.get(code)
        return None if user is None else user[0]

    def is_free(self, code: str, now: datetime) -> bool:
        """Whether a new conversation may have this code."""
        closed_at = self._resting.get(code)
        return code not in self._used and (closed_at is None or closed_at + CODE_REST <= now)

    def use(self, code: str, record_id: str, conversation: int) -> None:
        """Give a code to a conversation that is not closed."""
        self._used[code] = (record_id, conversation)

    def drop(self, code: str, record_id: str, conversation: int) -> None:
        """Take a code from a conversation; it does not matter whether it had it."""
        if self._used.get(code) == (record_id, conversation):
            del self._used[code]

    def drop_all(self, record_id: str) -> None:
        """Take the codes from all conversations of a record; they rest from now on."""
        now = self._clock()
        for code in [code for code, user in self._used.items() if user[0] == record_id]:
            del self._used[code]
            self.rest(code, now)

    def rest(self, code: str, closed_at: datetime) -> None:
        """Keep a code from being used again for a while after its conversation was closed."""
        now = self._clock()
        if closed_at + CODE_REST > now and closed_at > self._resting.get(code, _LONG_AGO):
            self._resting[code] = closed_at
            heapq.heappush(self._oldest, (closed_at, code))
        while self._oldest and self._oldest[0][0] + CODE_REST <= now:
            rested_at, rested = heapq.heappop(self._oldest)
            if self._resting.get(rested) == rested_at:
                del self._resting[rested]
