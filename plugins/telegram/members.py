"""Who is a member of a group: asked of the platform, and believed for a while."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram.constants import ChatMemberStatus

from bot.api import PluginError
from plugins.telegram.client import Client
from plugins.telegram.content import Payload
from plugins.telegram.scene import MALFORMED

_MOST_KEPT = 10_000
_INSIDE = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    is_member: bool
    until: float


class Members:
    """What is known of who is a member.

    Args:
        client: asks the platform.
        keep_s: how long an answer is believed, in seconds.
        monotonic: a clock in seconds.
    """

    def __init__(self, client: Client, *, keep_s: float, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._keep_s = keep_s
        self._monotonic = monotonic
        self._known: dict[tuple[int, int], _Known] = {}

    async def includes(self, chat_id: int, user_id: int) -> bool:
        """Whether a person is a member now; whoever cannot be asked about is what they were, or is none."""
        known = self._known.get((chat_id, user_id))
        if known is not None and self._monotonic() < known.until:
            return known.is_member
        try:
            member = await self._client.look("getChatMember", chat_id=chat_id, user_id=user_id)
            is_member = is_inside(member)
        except (PluginError, *MALFORMED):
            return known is not None and known.is_member
        self._keep(chat_id, user_id, is_member=is_member)
        return is_member

    def learn(self, body: Payload) -> None:
        """Take in what the platform says of somebody's membership."""
        member = body["new_chat_member"]
        self._keep(body["chat"]["id"], member["user"]["id"], is_member=is_inside(member))

    def _keep(self, chat_id: int, user_id: int, *, is_member: bool) -> None:
        self._known.pop((chat_id, user_id), None)
        if len(self._known) >= _MOST_KEPT:
            del self._known[next(iter(self._known))]
        until = self._monotonic() + self._keep_s
        self._known[chat_id, user_id] = _Known(is_member=is_member, until=until)


def is_inside(member: Payload) -> bool:
    """Whether the platform's description is that of a member: https://core.telegram.org/bots/api#chatmember."""
    if member["status"] == ChatMemberStatus.RESTRICTED:
        return bool(member["is_member"])
    return member["status"] in _INSIDE
