"""Word to the inbox of a channel that stays away, and of its return: once each, and not for a blink."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.chores import repeated
from bot.rulebook import Rulebook
from bot.supervisor import ChannelState, ChannelStatus

LOOK_EVERY_S = 15.0
PATIENCE = timedelta(minutes=1)
"""A channel that is back within this time is not worth a word."""


class Alarms:
    """What tells people of channels.

    Args:
        statuses: how each channel is now.
        announce: posts a line in the inbox.
        rules: config.toml as it is now.
        clock: the time, in UTC.
        down: the channels that were told of, and are not back; changed in place.
    """

    def __init__(
        self,
        *,
        statuses: Callable[[], Mapping[str, ChannelStatus]],
        announce: Callable[[str], Awaitable[None]],
        rules: Callable[[], Rulebook],
        clock: Callable[[], datetime],
        down: set[str],
    ) -> None:
        self._statuses = statuses
        self._announce = announce
        self._rules = rules
        self._clock = clock
        self._failing_since: dict[str, datetime] = {}
        self._told = down

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await asyncio.sleep(LOOK_EVERY_S)
        await repeated("what became of channels could not be told", self.look, every_s=LOOK_EVERY_S)

    async def look(self) -> None:
        """Tell what has come to stay since the last look."""
        now, statuses, say = self._clock(), self._statuses(), self._rules().wording
        for channel, status in statuses.items():
            if status.state is ChannelState.FAILED:
                since = self._failing_since.setdefault(channel, now)
                if channel not in self._told and now - since >= PATIENCE:
                    await self._announce(say("notice.channel_down", channel=channel, reason=status.error))
                    self._told.add(channel)
            elif status.state is ChannelState.CONNECTED:
                self._failing_since.pop(channel, None)
                if channel in self._told:
                    await self._announce(say("notice.channel_up", channel=channel))
                    self._told.discard(channel)
        for channel in self._told - statuses.keys():
            self._told.discard(channel)
