"""Who a contact is: asked of the platform in the background, kept, and never waited for."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.api import ChatRef, Host, PluginError, ProfileChanged, Sender
from plugins._meta.chores import Chores
from plugins._meta.client import GraphClient
from plugins._meta.failures import Refused
from plugins._meta.network import Network
from plugins._meta.usage import Usage

_logger = logging.getLogger(__name__)

PREFIX = "profile/"
FRESH = timedelta(days=7)
"""How long a profile is good; the platform's own picture links end in days too."""

AGAIN = timedelta(hours=1)
"""The pause after a profile was refused or could not be had."""

PEOPLE = 10_000
"""Profiles kept in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a contact, and when to ask again."""

    sender: Sender
    ask_at: datetime


class Profiles:
    """The profiles of one account's contacts.

    Args:
        host: keeps them, and is told when a name is learnt.
        client: asks the platform.
        network: what can be asked.
        usage: whether asking can be afforded now.
        chores: where the asking is done.
        clock: the time now.
    """

    def __init__(
        self,
        host: Host,
        client: GraphClient,
        network: Network,
        *,
        usage: Usage,
        chores: Chores,
        clock: Callable[[], datetime],
    ) -> None:
        self._host = host
        self._client = client
        self._network = network
        self._usage = usage
        self._chores = chores
        self._clock = clock
        self._known: OrderedDict[str, Profile] = OrderedDict()
        self._optional_fields = network.optional_profile_fields

    def sender(self, chat_id: str) -> Sender:
        """The contact as known now; what is not known, or is old, is looked up in the background.

        Not even the disk is waited for: the bot keeps the name it was told once.
        """
        profile = self._known.get(chat_id)
        if profile is None or profile.ask_at <= self._clock():
            self._chores.add(f"profile {chat_id}", lambda: self._refresh(chat_id))
        return Sender(sender_id=chat_id) if profile is None else profile.sender

    async def forget(self, chat_id: str) -> None:
        """Erase what is kept on a contact."""
        self._known.pop(chat_id, None)
        await self._host.documents.delete(f"{PREFIX}{chat_id}")

    async def _refresh(self, chat_id: str) -> None:
        before = self._known.get(chat_id) or self._keep(chat_id, await self._read(chat_id))
        now = self._clock()
        if self._usage.is_busy or before.ask_at > now:
            return
        try:
            sender = _sender(chat_id, await self._ask(chat_id))
        except PluginError as error:
            # What is known stays; a name is never worth more than a message.
            self._keep(chat_id, replace(before, ask_at=now + AGAIN))
            _logger.info("%s: no profile: %s", self._host.channel, error)
            return
        self._keep(chat_id, Profile(sender=sender, ask_at=now + FRESH))
        if sender != before.sender:
            chat = ChatRef(self._host.channel, chat_id)
            event_id = f"profile:{round(now.timestamp() * 1000)}"
            await self._host.receive(ProfileChanged(event_id=event_id, chat=chat, sender=sender, sent_at=now))
        await self._host.documents.write(f"{PREFIX}{chat_id}", _written(sender, now))

    async def _ask(self, chat_id: str) -> Mapping[str, Any]:
        fields = (*self._network.profile_fields, *self._optional_fields)
        try:
            return await self._client.ask(chat_id, fields=",".join(fields))
        except Refused:
            if not self._optional_fields:
                raise
        # A field that needs a permission of its own spoils the whole answer.
        answer = await self._client.ask(chat_id, fields=",".join(self._network.profile_fields))
        self._optional_fields = ()
        return answer

    def _keep(self, chat_id: str, profile: Profile) -> Profile:
        self._known[chat_id] = profile
        self._known.move_to_end(chat_id)
        while len(self._known) > PEOPLE:
            self._known.popitem(last=False)
        return profile

    async def _read(self, chat_id: str) -> Profile:
        nobody = Profile(sender=Sender(sender_id=chat_id), ask_at=self._clock())
        try:
            kept = await self._host.documents.read(f"{PREFIX}{chat_id}")
        except OSError:
            kept = None
        if kept is None:
            return nobody
        sender = Sender(
            sender_id=chat_id,
            name=kept["name"],
            first_name=kept["first_name"],
            username=kept["username"],
            language=kept["language"],
        )
        return Profile(sender=sender, ask_at=datetime.fromtimestamp(kept["at"], UTC) + FRESH)


def _sender(chat_id: str, answer: Mapping[str, Any]) -> Sender:
    first, last = _text(answer, "first_name"), _text(answer, "last_name")
    name, username = _text(answer, "name"), _text(answer, "username")
    whole = " ".join(filter(None, (first, last))) or name or username
    return Sender(
        sender_id=chat_id,
        name=whole,
        first_name=first or name.partition(" ")[0],
        username=username,
        language=_text(answer, "locale").partition("_")[0].lower()[:2],
    )


def _written(sender: Sender, now: datetime) -> dict[str, Any]:
    return {
        "name": sender.name,
        "first_name": sender.first_name,
        "username": sender.username,
        "language": sender.language,
        "at": now.timestamp(),
    }


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value.strip() if isinstance(value, str) else ""
