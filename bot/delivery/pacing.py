"""How fast a channel and a group chat may be written to, by leaky buckets that never pass the limit."""

from aiolimiter import AsyncLimiter

from bot.api import Capabilities, ChatRef

_MINUTE = 60.0
_SECOND = 1.0


def bucket(limit: int, period_s: float) -> AsyncLimiter:
    """A limiter that lets at most `limit` pass in any period of `period_s` seconds.

    A leaky bucket lets its burst pass beside what leaks away in the period, so a burst of a quarter leaves
    three quarters for the steady rate.
    """
    burst = max(1.0, limit / 4)
    steady = limit - burst
    return AsyncLimiter(burst, burst * period_s / steady if steady > 0 else burst * period_s)


class Pacing:
    """The limiters of one channel; those of chats that are quiet again are let go.

    Args:
        capabilities: the platform's limits.
    """

    def __init__(self, capabilities: Capabilities) -> None:
        self._posts_per_minute = capabilities.posts_per_minute
        per_second = capabilities.sends_per_second
        self._channel = bucket(per_second, _SECOND) if per_second else None
        self._groups: dict[ChatRef, AsyncLimiter] = {}

    def __len__(self) -> int:
        """How many group chats are not quiet yet."""
        return len(self._groups)

    async def admit(self, chat: ChatRef, *, is_group: bool) -> None:
        """Return when one more call may be made that concerns `chat`."""
        if is_group and self._posts_per_minute:
            await self._group(chat, self._posts_per_minute).acquire()
        if self._channel is not None:
            await self._channel.acquire()

    def _group(self, chat: ChatRef, limit: int) -> AsyncLimiter:
        limiter = self._groups.get(chat)
        if limiter is None:
            quiet = [each for each, other in self._groups.items() if other.has_capacity(other.max_rate)]
            for each in quiet:
                del self._groups[each]
            limiter = self._groups[chat] = bucket(limit, _MINUTE)
        return limiter
