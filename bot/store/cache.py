"""Records in memory: the latest used ones, and all whose changes are not yet on disk."""

from collections import OrderedDict

from bot.model import House, Record


class RecordCache:
    """Records by id; what is unwritten is never let go.

    Args:
        most: how many written records are held.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._records: OrderedDict[str, Record | House] = OrderedDict()
        self._unwritten: dict[str, Record | House] = {}

    def __len__(self) -> int:
        return len(self._records.keys() | self._unwritten.keys())

    def get(self, record_id: str) -> Record | House | None:
        """The record, if it is held."""
        if (unwritten := self._unwritten.get(record_id)) is not None:
            return unwritten
        if (record := self._records.get(record_id)) is not None:
            self._records.move_to_end(record_id)
        return record

    def put(self, record: Record | House) -> None:
        """Hold a record that is on disk as it is."""
        self._unwritten.pop(record.record_id, None)
        self._records[record.record_id] = record
        self._records.move_to_end(record.record_id)
        while len(self._records) > self._most:
            self._records.popitem(last=False)

    def put_unwritten(self, record: Record | House) -> None:
        """Hold a record that is not on disk yet."""
        self._unwritten[record.record_id] = record

    def pop(self, record_id: str) -> None:
        """Let a record go."""
        self._unwritten.pop(record_id, None)
        self._records.pop(record_id, None)

    def unwritten(self, record_id: str) -> Record | House | None:
        """The record, if it is not on disk yet."""
        return self._unwritten.get(record_id)

    def unwritten_ids(self) -> list[str]:
        """The records that are not on disk yet, longest kept first."""
        return list(self._unwritten)
