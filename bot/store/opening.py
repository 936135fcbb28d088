"""Reading all records at start."""

import asyncio

from bot.model import HOUSE, House, Record
from bot.store.collector import not_collecting
from bot.store.files import RecordFiles
from bot.store.folder import Quarantined
from bot.store.index import Index
from bot.store.workers import Workers

_READERS = 2
"""How many folders are read at once: one decodes while the other waits for the disk; more get in each
other's way."""


async def read_all(
    files: RecordFiles, index: Index, workers: Workers
) -> tuple[list[Quarantined], House | None]:
    """Fill an empty index from the files.

    Returns:
        What had to be set aside, and the record that belongs to no contact.

    Raises:
        TooNew: a later release wrote one of the files.
        OSError: the folders cannot be listed.
    """
    quarantined: list[Quarantined] = []
    shards = iter(await workers.run(files.folder.shards))

    async def read_some() -> None:
        for shard in shards:
            for found in await workers.run(files.outlines, shard):
                if isinstance(found, Quarantined):
                    quarantined.append(found)
                    continue
                index.update(None, found)
                if index.live_of(found.record_id) is not None:
                    archived = await workers.run(files.archived_messages, found.record_id)
                    index.find_archived_posts(found, archived)

    readers = (read_some() for _ in range(_READERS))
    # Nothing of what is read is a cycle, and the collector would look at all of it again and again.
    with not_collecting():
        results = await asyncio.gather(*readers, return_exceptions=True)
    for result in results:
        if result is not None:
            raise result
    house = await workers.run(files.read, HOUSE)
    match house:
        case Quarantined():
            quarantined.append(house)
        case House():
            index.update(None, house)
            return quarantined, house
        case Record() | None:
            pass
    return quarantined, None
