"""Due times by record: a heap whose outdated entries are dropped when they come to the top.

A record that could not be served is put off: it is not named until then, so that it stands in nobody's way.
"""

import heapq
from datetime import datetime


class DueTimes:
    """When each record's next timer comes due."""

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}
        self._waits_until: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def put(self, record_id: str, at: datetime | None) -> None:
        """Set the due time of a record, or take it away; another time ends its wait."""
        if self._due.get(record_id) == at:
            return
        self._waits_until.pop(record_id, None)
        if at is None:
            del self._due[record_id]
        else:
            self._due[record_id] = at
            heapq.heappush(self._heap, (at, record_id))

    def put_off(self, record_id: str, until: datetime) -> None:
        """Name a record no earlier than then, unless it gets another time before."""
        if record_id in self._due:
            self._waits_until[record_id] = until
            heapq.heappush(self._heap, (until, record_id))

    def due(self, now: datetime, most: int = 0) -> list[str]:
        """The records whose time has come, longest due first; they stay due until they get another time.

        Args:
            now: the time.
            most: name no more than so many, and look at no more; 0: all.
        """
        taken: list[tuple[datetime, str]] = []
        while (first := self._first()) is not None and first[0] <= now:
            if most and len(taken) >= most:
                break
            taken.append(first)
            # A time that was set, changed and set again is in the heap twice.
            while self._heap and self._heap[0] == first:
                heapq.heappop(self._heap)
        for entry in taken:
            heapq.heappush(self._heap, entry)
        return [record_id for _, record_id in taken]

    def is_due(self, record_id: str, now: datetime) -> bool:
        """Whether the time of this record has come."""
        at = self._time_of(record_id)
        return at is not None and at <= now

    def next_due(self) -> datetime | None:
        """The earliest of all times, past ones included; a record that was put off counts by its wait."""
        first = self._first()
        return None if first is None else first[0]

    def _first(self) -> tuple[datetime, str] | None:
        while self._heap and self._time_of(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def _time_of(self, record_id: str) -> datetime | None:
        return self._waits_until.get(record_id) or self._due.get(record_id)
