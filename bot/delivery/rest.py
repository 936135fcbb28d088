"""Why something is not sent now, and until when."""

import asyncio
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Why an entry stays first in its lane.

    Attributes:
        until: when the lane goes on; None: at once.
        is_whole_channel: every lane of the channel waits.
        is_limit: the platform asked for it, since it was called too often.
        is_own: it is about the entry alone: in a team chat its record's entries wait, and others pass.
        files: what the entry waits for; its record's entries wait with it, and others pass.
    """

    until: datetime | None = None
    is_whole_channel: bool = False
    is_limit: bool = False
    is_own: bool = False
    files: asyncio.Future[None] | None = None
