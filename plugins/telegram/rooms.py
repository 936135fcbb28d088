"""The groups that teams answer in: whether each has topics, what the bot may do there, and where it moved."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.api import ChatMoved, ChatMovedTo, ChatRef, Host, PluginError
from plugins.telegram.client import Client
from plugins.telegram.content import Payload
from plugins.telegram.scene import MALFORMED

_logger = logging.getLogger(__name__)

_MOVED = "moved"
_INTRODUCED = "introduced"
_MOST_INTRODUCED = 1_000
_LOOKS_AT_ONCE = 5
_SUPERGROUP = "-100"
"""What the ids of supergroups begin with; only those can have topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is known of one group.

    Attributes:
        title: its name.
        is_forum: it has topics.
        may_make_topics: the bot may make and close them.
        may_pin: the bot may pin a message.
        may_delete: the bot may delete messages.
        is_admin: the bot is an admin.
        may_write: the bot is there, and may write.
        is_open: people who are no members can write in it.
    """

    title: str = ""
    is_forum: bool = False
    may_make_topics: bool = True
    may_pin: bool = True
    may_delete: bool = True
    is_admin: bool = True
    may_write: bool = True
    is_open: bool = False


class Rooms:
    """What is known of the team chats.

    Args:
        client: asks the platform.
        host: the team chats of config.toml, and where people are told.
        clock: the time, in UTC.
    """

    def __init__(self, client: Client, host: Host, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._client = client
        self._say = client.say
        self._host = host
        self._groups: dict[str, Group] = {}
        self._moved: dict[str, str] = {}
        self._introduced: list[str] = []
        self._slots = asyncio.Semaphore(_LOOKS_AT_ONCE)

    async def load(self) -> None:
        """Read where chats have moved to, and which groups people were told of."""
        self._moved = dict(await self._host.documents.read(_MOVED) or {})
        self._introduced = list((await self._host.documents.read(_INTRODUCED) or {}).get("chats", ()))

    def configured(self) -> Mapping[str, str]:
        """The id that config.toml has for each team chat, by the id that the chat has now."""
        ids = dict.fromkeys(team.chat.chat_id for team in self._host.team_chats())
        return {self.now(chat_id): chat_id for chat_id in ids}

    def is_team(self, chat_id: str) -> bool:
        """Whether a chat, by its present id or an earlier one, is a team's."""
        configured = self.configured()
        return chat_id in configured or chat_id in configured.values()

    def now(self, chat_id: str) -> str:
        """The id that a chat has now."""
        seen = set()
        while chat_id in self._moved and chat_id not in seen:
            seen.add(chat_id)
            chat_id = self._moved[chat_id]
        return chat_id

    def group(self, chat_id: str) -> Group | None:
        """What is known of a group."""
        return self._groups.get(self.now(chat_id))

    def has_threads(self, chat_id: str) -> bool:
        """Whether the bot can give each contact a topic there; of a group not looked at yet, by its id."""
        group = self.group(chat_id)
        if group is None:
            return self.now(chat_id).startswith(_SUPERGROUP)
        return group.is_forum and group.may_make_topics

    async def follow(self, old: str, new: str) -> None:
        """Go on at a chat's new id: the bot and people are told of it, once.

        Raises:
            OSError: the disk refuses.
        """
        if self.now(old) == self.now(new):
            return
        chat = ChatRef(self._host.channel, old)
        await self._host.receive(
            ChatMovedTo(event_id=f"moved to {new}", chat=chat, sent_at=self._clock(), new_chat_id=new)
        )
        now = chat.address.replace(old, new)
        await self._host.alert(self._say("alert_moved", address=chat.address, now=now))
        moved = {**self._moved, old: new}
        await self._host.documents.write(_MOVED, moved)
        self._moved = moved
        # What the old group could do says nothing of the new one.
        self._groups.pop(old, None)

    async def look(self, chat_id: str, bot_id: int) -> Group:
        """Ask the platform about a group.

        Raises:
            PluginError: as `Plugin.send`; `ChatMoved` when it has another id now.
        """
        here = number(self.now(chat_id))
        chat, member = await asyncio.gather(
            self._client.look("getChat", chat_id=here),
            self._client.look("getChatMember", chat_id=here, user_id=bot_id),
        )
        group = self._groups[self.now(chat_id)] = _with_rights(_described(chat), member)
        return group

    async def look_at_all(self, bot_id: int) -> dict[str, Group | PluginError]:
        """Ask about every team chat, by its id in config.toml; a chat that has moved is followed."""
        ids = list(self.configured().values())
        found = await asyncio.gather(*(self._look_or_why(chat_id, bot_id) for chat_id in ids))
        return dict(zip(ids, found, strict=True))

    async def _look_or_why(self, chat_id: str, bot_id: int) -> Group | PluginError:
        try:
            try:
                async with self._slots:
                    return await self.look(chat_id, bot_id)
            except ChatMoved as error:
                await self.follow(chat_id, error.new_chat_id)
                return await self.look(error.new_chat_id, bot_id)
        except PluginError as error:
            return error
        except OSError:
            return PluginError(self._say("moved"))
        except MALFORMED:
            _logger.warning("%s: a group is described in a way that makes no sense", self._host.channel)
            return PluginError(self._say("unreadable"))

    async def seen(self, message: Payload, bot_id: int) -> None:
        """Take in what a message tells of its group.

        A forum that seems to be none any more is asked about: an answer to everybody is worse than a call.
        """
        chat = message["chat"]
        chat_id = str(chat["id"])
        known = self._groups.get(chat_id)
        is_forum = bool(chat.get("is_forum") or message.get("is_topic_message"))
        if known is None or known.is_forum == is_forum:
            return
        if is_forum:
            self._groups[chat_id] = replace(known, is_forum=True)
        else:
            await self.confirm_forum(chat_id, bot_id)

    async def confirm_forum(self, chat_id: str, bot_id: int) -> bool:
        """Ask whether a group has topics still, and tell people when it has none any more."""
        before = self.group(chat_id)
        try:
            group = await self.look(chat_id, bot_id)
        except (PluginError, *MALFORMED):
            return before is None or before.is_forum
        if before is not None and before.is_forum and not group.is_forum:
            await self._host.alert(self._say("alert_flat", name=name_of(group, chat_id)))
        return group.is_forum

    async def no_topics(self, chat_id: str, *, is_forum: bool) -> None:
        """The platform refuses to make a topic: go on without, and tell people once."""
        group = self.group(chat_id) or Group(is_forum=True)
        is_news = group.is_forum and group.may_make_topics
        self._groups[self.now(chat_id)] = replace(group, is_forum=is_forum, may_make_topics=False)
        if is_news:
            key = "alert_no_right" if is_forum else "alert_flat"
            await self._host.alert(self._say(key, name=name_of(group, chat_id)))

    async def rights_changed(self, body: Payload) -> None:
        """Take in what the bot may do in a team chat now, and tell people what it lost."""
        chat_id = str(body["chat"]["id"])
        before = self._groups.get(chat_id) or Group(title=str(body["chat"].get("title", "")))
        is_forum = before.is_forum or bool(body["chat"].get("is_forum"))
        before = replace(before, is_forum=is_forum)
        group = self._groups[chat_id] = _with_rights(before, body["new_chat_member"])
        name = name_of(group, chat_id)
        if not group.may_write and before.may_write:
            await self._host.alert(self._say("alert_silent", name=name))
        lost = [right for right in missing_rights(group) if right not in missing_rights(before)]
        if group.may_write and lost:
            rights = ", ".join(self._say(f"right_{right}") for right in lost)
            await self._host.alert(self._say("alert_lost", name=name, rights=rights))

    async def introduce(self, chat: Payload) -> None:
        """Tell people the id of a group that config.toml does not have, the first time that it is seen."""
        chat_id = str(chat["id"])
        if chat_id in self._introduced:
            return
        _logger.info("%s: the bot is in a group that no team has: %s", self._host.channel, chat_id)
        address = ChatRef(self._host.channel, chat_id).address
        await self._host.alert(self._say("alert_unknown", name=chat.get("title", chat_id), address=address))
        self._introduced = [*self._introduced[-_MOST_INTRODUCED:], chat_id]
        await self._host.documents.write(_INTRODUCED, {"chats": self._introduced})


def number(chat_id: str) -> int | str:
    """A chat's id as the Bot API takes it: a number, or a public @name."""
    return int(chat_id) if chat_id.lstrip("-").isdecimal() else chat_id


def name_of(group: Group, chat_id: str) -> str:
    """A group as people know it."""
    return f"«{group.title}»" if group.title else chat_id


def missing_rights(group: Group) -> list[str]:
    """The names of the rights that the bot lacks in a group and needs there."""
    rights = {
        "read": group.is_admin,
        "topics": group.may_make_topics or not group.is_forum,
        "pin": group.may_pin or not group.is_forum,
        "delete": group.may_delete,
    }
    return [right for right, is_given in rights.items() if not is_given]


def _described(chat: Any) -> Group:
    return Group(
        title=str(chat.get("title", "")),
        is_forum=bool(chat.get("is_forum")),
        is_open=bool(chat.get("username") or chat.get("linked_chat_id")),
    )


def _with_rights(group: Group, member: Payload) -> Group:
    """`group` with what a description of the bot as its member says."""
    status = member["status"]
    is_admin = status in {"administrator", "creator"}

    def may(right: str) -> bool:
        # A right that is not named is one that such a chat does not have.
        return status == "creator" or (is_admin and bool(member.get(right, True)))

    is_muted = status == "restricted" and not (member.get("is_member") and member.get("can_send_messages"))
    return replace(
        group,
        is_admin=is_admin,
        may_make_topics=may("can_manage_topics"),
        may_pin=may("can_pin_messages"),
        may_delete=may("can_delete_messages"),
        may_write=status not in {"left", "kicked"} and not is_muted,
    )
