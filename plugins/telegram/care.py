"""Looking after the team chats while the channel runs: their commands, and what people must put right."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from telegram import BotCommand, BotCommandScopeChat

from bot.api import ConnectionFailed, Finding, Host, PluginError, RateLimited
from plugins.telegram import checklist
from plugins.telegram.client import Client
from plugins.telegram.content import Payload
from plugins.telegram.rooms import Rooms, number
from plugins.telegram.scene import MALFORMED

_logger = logging.getLogger(__name__)

_COMMAND_LENGTH = 256
"""Characters of a command's description: https://core.telegram.org/bots/api#botcommand"""

_TOLD = "told"


class Care:
    """What looks after the team chats.

    Args:
        client: makes calls.
        host: the team chats and commands of config.toml, and where people are told.
        rooms: what is known of the groups.
        look_s: the pause between two looks at config.toml, in seconds.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        client: Client,
        host: Host,
        rooms: Rooms,
        *,
        look_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._host = host
        self._rooms = rooms
        self._look_s = look_s
        self._found: list[Finding] | None = None
        self._sleep = sleep

    async def arrive(self, me: Payload) -> None:
        """Look at the team chats, so that it is known what each can do before anything is sent."""
        with suppress(ConnectionFailed, RateLimited):
            self._found = await self.look(me)

    async def watch(self, me: Payload) -> None:
        """Prepare the team chats, now and whenever config.toml has others; until cancelled."""
        prepared: object = None
        while True:
            wanted = (tuple(self._rooms.configured().values()), tuple(self._host.commands()))
            if wanted != prepared:
                try:
                    findings, self._found = self._found, None
                    if findings is None:
                        findings = await self.look(me)
                    say = self._client.say
                    await self._tell(checklist.in_words(findings, say, channel=self._host.channel))
                    await self._list_commands(wanted[0])
                    prepared = wanted
                except (PluginError, OSError, *MALFORMED) as error:
                    _logger.info("%s: the team chats are looked at again: %s", self._host.channel, error)
            await self._sleep(self._look_s)

    async def look(self, me: Payload) -> list[Finding]:
        """What is right and wrong with every team chat.

        Raises:
            ConnectionFailed: the platform cannot be asked now.
            RateLimited: the same.
        """
        groups = await self._rooms.look_at_all(me["id"])
        for found in groups.values():
            if isinstance(found, ConnectionFailed | RateLimited):
                raise found
        return checklist.of_groups(
            groups,
            self._client.say,
            reads_everything=bool(me.get("can_read_all_group_messages")),
            channel=self._host.channel,
        )

    async def _list_commands(self, chats: Sequence[str]) -> None:
        """Have the apps offer the commands to whoever types a slash in a team chat."""
        commands = [
            BotCommand(command.name, command.description[:_COMMAND_LENGTH] or command.name)
            for command in self._host.commands()
        ]
        for chat_id in chats:
            scope = BotCommandScopeChat(number(self._rooms.now(chat_id)))
            try:
                await self._client.ask(self._client.bot.set_my_commands(commands, scope=scope))
            except PluginError as error:
                _logger.info("%s: commands are not listed in %s: %s", self._host.channel, chat_id, error)

    async def _tell(self, text: str) -> None:
        """Post what is missing, unless that was the last thing that people were told."""
        told = (await self._host.documents.read(_TOLD) or {}).get("text", "")
        if text == told:
            return
        if text:
            await self._host.alert(text)
        await self._host.documents.write(_TOLD, {"text": text})
