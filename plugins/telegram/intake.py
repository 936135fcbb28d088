"""From an update to the bot: what it is, whose it is, and stored before the platform is told so.

Updates of one chat are taken one after another, those of different chats at the same time.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.api import (
    ChatMovedTo,
    Event,
    Host,
    IncomingMessage,
    MessageEdited,
    PluginError,
)
from plugins.telegram.business import Business
from plugins.telegram.client import Client
from plugins.telegram.content import Payload, service_kind
from plugins.telegram.mapping import read
from plugins.telegram.members import Members
from plugins.telegram.rooms import Rooms
from plugins.telegram.scene import MALFORMED, Account, Reading, Scene, own_thread
from plugins.telegram.texts import Texts
from plugins.telegram.threads import Threads

_logger = logging.getLogger(__name__)

_NOTICE_LENGTH = 200
"""Characters of a line that answers a pressed button: https://core.telegram.org/bots/api#answercallbackquery"""

_GROUPS = frozenset({"group", "supergroup", "channel"})


class NotStored(OSError):
    """An update could not be taken now, and is to be delivered again."""


class Intake:
    """What takes updates.

    Args:
        account: whose updates they are.
        host: the bot.
        client: answers pressed buttons.
        rooms: the team chats.
        members: who belongs to them.
        threads: told of topics that the bot has made.
        business: connections to business accounts.
        tries: after so many unexpected errors an update is set aside.
        clock: the time, in UTC.
        spawn: runs in a task what nobody waits for.
    """

    def __init__(
        self,
        account: Account,
        host: Host,
        client: Client,
        *,
        rooms: Rooms,
        members: Members,
        threads: Threads,
        business: Business,
        tries: int,
        clock: Callable[[], datetime],
        spawn: Callable[[Any], None],
    ) -> None:
        self._account = account
        self._host = host
        self._client = client
        self._rooms = rooms
        self._members = members
        self._threads = threads
        self._business = business
        self._tries = tries
        self._clock = clock
        self._spawn = spawn
        self._texts = Texts()
        self._failures: Counter[int] = Counter()
        self._turns: dict[str, asyncio.Task[Any] | asyncio.Future[None]] = {}

    async def take(self, update: Payload) -> None:
        """Take one update, in its chat's turn; when this returns it is stored, or there was nothing in it.

        Raises:
            OSError: it could not be stored; it is to be delivered again.
        """
        update_id: int = update["update_id"]
        kind = next((key for key in update if key != "update_id"), "empty")
        body = update.get(kind)
        place = _place(body)
        before, done = self._turns.get(place), asyncio.get_running_loop().create_future()
        self._turns[place] = done
        try:
            if before is not None:
                await asyncio.wait({before})
            await self._take(update_id, kind, body)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001  # a fault in one update must not stop the others
            await self._unexpected(update_id, kind, error)
        else:
            self._failures.pop(update_id, None)
        finally:
            done.set_result(None)
            if self._turns.get(place) is done:
                del self._turns[place]

    async def _take(self, update_id: int, kind: str, body: Any) -> None:
        try:
            scene = await self._scene(update_id, kind, body)
            reading = Reading(left_alone="other_group") if scene is None else read(kind, body, scene)
            if kind == "message" and reading.events and scene is not None and not scene.is_team:
                self._threads.note_own(reading.events[0].chat, own_thread(body))
        except MALFORMED as error:
            # One update that makes no sense must not hold up the others.
            _logger.warning("%s: an update makes no sense: %s", self._host.channel, type(error).__name__)
            _logger.debug("%s: the same with its traceback", self._host.channel, exc_info=True)
            reading = Reading(left_alone="unreadable")
        if reading.left_alone:
            self._host.count(reading.left_alone)
        notice = ""
        for event in reading.events:
            notice = await self._receive(event) or notice
        if kind == "callback_query" and isinstance(body, dict) and isinstance(body.get("id"), str):
            self._spawn(self._answer(body["id"], notice))

    async def _scene(self, update_id: int, kind: str, body: Any) -> Scene | None:
        """What is to be known before an update is read; None for a group that no team has."""
        chat = _chat(body)
        if kind == "business_connection":
            await self._business.learn(body)
        elif kind == "chat_member":
            self._members.learn(body)
        elif chat is not None and chat["type"] in _GROUPS:
            return await self._in_group(update_id, kind, body, chat)
        owner = ""
        if connection_id := _connection(body):
            try:
                owner = await self._business.owner_of(connection_id)
            except PluginError as error:
                raise NotStored(f"a business account could not be asked for: {error}") from error
        return self._scene_of(update_id, owner=owner)

    async def _in_group(self, update_id: int, kind: str, body: Any, chat: Payload) -> Scene | None:
        chat_id, message = str(chat["id"]), body.get("message") or body
        old = message.get("migrate_from_chat_id")
        if not (self._rooms.is_team(chat_id) or (old is not None and self._rooms.is_team(str(old)))):
            is_leaving = kind == "my_chat_member" and body["new_chat_member"]["status"] in {"left", "kicked"}
            if chat["type"] != "channel" and not is_leaving:
                await self._rooms.introduce(chat)
            return None
        if kind == "my_chat_member":
            await self._rooms.rights_changed(body)
        elif kind == "message":
            await self._rooms.seen(body, self._account.bot_id)
            self._note_topic(chat_id, body)
        is_outsider = await self._is_outsider(kind, body, int(chat["id"]))
        return self._scene_of(update_id, is_team=True, is_outsider=is_outsider)

    def _scene_of(
        self, update_id: int, *, is_team: bool = False, is_outsider: bool = False, owner: str = ""
    ) -> Scene:
        return Scene(
            account=self._account,
            event_id=str(update_id),
            now=self._clock(),
            say=self._client.say,
            is_team=is_team,
            is_outsider=is_outsider,
            owner=owner,
        )

    def _note_topic(self, chat_id: str, message: Payload) -> None:
        if service_kind(message) != "forum_topic_created":
            return
        if message["from"]["id"] == self._account.bot_id:
            title = str(message["forum_topic_created"]["name"])
            self._threads.appeared(chat_id, title, str(message["message_thread_id"]))

    async def _is_outsider(self, kind: str, body: Any, chat_id: int) -> bool:
        """Whether whoever caused it is no member: cards travel, and some groups are open to all."""
        group = self._rooms.group(str(chat_id))
        user = body.get("user") or body.get("from")
        if body.get("sender_chat") or not user or user.get("is_bot") or kind == "my_chat_member":
            return False
        if kind != "callback_query" and not (group is not None and group.is_open):
            return False
        return not await self._members.includes(chat_id, user["id"])

    async def _receive(self, event: Event) -> str:
        """Hand an event over, and return the line for whoever pressed a button."""
        if isinstance(event, MessageEdited) and self._texts.is_known(
            event.chat, event.message_id, event.text
        ):
            # The platform reports previews and reactions as edits too.
            self._host.count("unchanged_edit")
            return ""
        if isinstance(event, ChatMovedTo):
            await self._rooms.follow(event.chat.chat_id, event.new_chat_id)
            await self._rooms.confirm_forum(event.new_chat_id, self._account.bot_id)
            return ""
        reception = await self._host.receive(event)
        if isinstance(event, IncomingMessage | MessageEdited):
            self._texts.keep(event.chat, event.message_id, event.text)
        return reception.notice

    async def _answer(self, query_id: str, notice: str) -> None:
        """End the button's waiting; after some seconds the platform takes no answer any more."""
        try:
            await self._client.act(
                self._client.bot.answer_callback_query(query_id, text=notice[:_NOTICE_LENGTH] or None)
            )
        except PluginError as error:
            _logger.debug("%s: a button was not answered: %s", self._host.channel, error)

    async def _unexpected(self, update_id: int, kind: str, error: Exception) -> None:
        """Let an update come again after a fault of ours; at last set it aside, so that the others go on."""
        self._failures[update_id] += 1
        if self._failures[update_id] < self._tries:
            raise NotStored("an update could not be taken") from error
        del self._failures[update_id]
        _logger.error("%s: an update was set aside: %s", self._host.channel, type(error).__name__)
        _logger.debug("%s: the same with its traceback", self._host.channel, exc_info=error)
        self._host.count("set_aside")
        await self._host.alert(self._client.say("alert_set_aside", channel=self._host.channel, kind=kind))


def _chat(body: Any) -> Payload | None:
    """The chat that an update happened in."""
    if not isinstance(body, dict):
        raise TypeError("an update is an object")
    chat: Payload | None = (body.get("message") or body).get("chat") if "data" in body else body.get("chat")
    return chat


def _connection(body: Any) -> str:
    connection_id = (body.get("message") or {}).get("business_connection_id", "")
    return str(body.get("business_connection_id", "") or connection_id)


def _place(body: Any) -> str:
    """What keeps updates in order: their chat, as far as it can be read."""
    try:
        chat = _chat(body)
        return str(chat["id"]) if chat is not None else ""
    except MALFORMED:
        return ""
