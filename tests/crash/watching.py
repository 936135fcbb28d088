"""What is seen of the process and of the chats from outside, and waiting until it is so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession, ClientTimeout

_LOOK_S = 0.03
_LONGEST_S = 60.0
LONGEST_BACKLOG_S = 900.0


async def health(url: str) -> tuple[int, dict[str, Any]]:
    """What `/health` answers: the status, and the body."""
    patience = ClientTimeout(total=_LONGEST_S)
    async with ClientSession(timeout=patience) as http, http.get(f"{url}/health") as answer:
        return answer.status, await answer.json()


async def until(
    holds: Callable[[], Awaitable[bool]] | Callable[[], bool], *, longest_s: float = _LONGEST_S
) -> None:
    """Look again and again, until it is so.

    Raises:
        TimeoutError: it never was.
    """
    async with asyncio.timeout(longest_s):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(_LOOK_S)


async def calm(url: str) -> None:
    """Wait until everything has been sent."""

    async def is_calm() -> bool:
        _, said = await health(url)
        return not said["outbox"]["pending"]

    await until(is_calm, longest_s=LONGEST_BACKLOG_S)


async def answers(url: str, status: int) -> None:
    """Wait until `/health` answers with this status."""

    async def is_so() -> bool:
        return (await health(url))[0] == status

    await until(is_so)


async def channel_is(url: str, channel: str, state: str, *, error: str = "") -> None:
    """Wait until `/health` says of a channel that it is so, for a reason with these words."""

    async def is_so() -> bool:
        _, said = await health(url)
        found = said["channels"][channel]
        return found["state"] == state and error in found["error"]

    await until(is_so)
