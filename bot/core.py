"""The bot without its doors: records, decisions and delivery put together; `App` adds server and channels."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Self

from bot.api import Capabilities, ChatRef, MediaFile, Plugin
from bot.boards import Boards
from bot.codes import CodeMaker
from bot.config import Settings
from bot.deciding import Rules
from bot.delivery import Delivery
from bot.delivery.surroundings import Observe
from bot.desk.outcomes import DeskOutcomes
from bot.duty import Duty
from bot.intake import Intake
from bot.model import HOUSE, House, OutboxItem
from bot.moves import Moves
from bot.pipeline import compose, layers
from bot.reception import Observe as ObserveTurn
from bot.reception import Receiver
from bot.rulebook import Rulebook
from bot.signs import Signs
from bot.store import MediaStore, SendJournal, Store
from bot.store.collector import collecting_seldom
from bot.turn import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What keeps things in one data folder.

    Attributes:
        store: the records.
        journal: what is being sent.
        media: files.
    """

    store: Store
    journal: SendJournal
    media: MediaStore

    @classmethod
    def at(cls, data: Path, clock: Callable[[], datetime]) -> Self:
        """The usual ones, over a folder; nothing is opened yet."""
        store = Store(data, clock=clock)
        return cls(
            store=store,
            journal=SendJournal(data / "sends.log", is_written=store.is_written),
            media=MediaStore(data, clock=clock),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """Who is told what happens inside.

    Attributes:
        written: a record was changed, and due times may have.
        turn: of each turn.
        send: of each call of a plugin.
        connection_failed: a channel could not be reached, why, and by which plugin of it.
    """

    written: Callable[[], None]
    turn: ObserveTurn
    send: Observe
    connection_failed: Callable[[str, Exception, Plugin], None]


class Core:
    """Everything between the plugins and the disk.

    Args:
        settings: config.toml.
        disk: where everything is kept.
        clock: the time, in UTC.
        watchers: who is told what happens.
        random: the source of chance, of codes and of pauses.

    Attributes:
        settings: config.toml as it is in force.
        rules: what it means; replaced as a whole.
        plugins: those that are connected, by channel.
        down: the channels that have not worked for a while; what begins meanwhile goes to the inbox.
        store: the records.
        media: the files.
        duty: what is known of the members of lists.
        intake: where records are changed.
        delivery: what leaves.
        receiver: what comes in.
        signs: what is shown and not kept.
        moves: where chats are that moved.
    """

    def __init__(
        self,
        settings: Settings,
        disk: Disk,
        *,
        clock: Callable[[], datetime],
        watchers: Watchers,
        random: Random | None = None,
    ) -> None:
        random = random or Random()  # noqa: S311  # it spreads pauses and names conversations
        self.settings = settings
        self.rules = rules_of(settings)
        self.plugins: dict[str, Plugin] = {}
        self.down: set[str] = set()
        self.store = disk.store
        self.media = disk.media
        self.moves = Moves()
        self._journal = disk.journal
        self._delivering: asyncio.Task[None] | None = None
        self._showing: asyncio.Task[None] | None = None
        self._meanwhile = ExitStack()
        # A channel that is away for a while can do what it could.
        self._capabilities: dict[str, Capabilities] = {}
        self.duty = Duty(self._abilities)
        index = self.store.index
        outcomes = DeskOutcomes(lambda: self.rules.book, self._abilities, self.duty, self._thread_link)
        self.intake = Intake(
            store=self.store,
            offers=self,
            clock=clock,
            on_written=watchers.written,
            finish=outcomes.finish,
        )
        self._boards = Boards(
            intake=self.intake, index=index, rules=lambda: self.rules.book, abilities=self._abilities
        )
        self.delivery = Delivery(
            ledgers=self.intake,
            outcomes=outcomes,
            journal=self._journal,
            media=self.media,
            clock=clock,
            say=lambda key, /, **values: self.rules.book.wording(key, **values),
            link=self._link,
            media_limit=lambda: self.settings.limits.media_bytes,
            address=self.moves.now,
            thread_owner=index.record_of_thread,
            on_connection_failed=watchers.connection_failed,
            on_chat_moved=self._chat_moved,
            observe=watchers.send,
            chance=random.random,
        )
        self.signs = Signs(
            plugins=self.plugins, intake=self.intake, index=index, rules=lambda: self.rules.book
        )
        self.receiver = Receiver(
            intake=self.intake,
            index=index,
            rules=lambda: self.rules,
            around=Surroundings(
                new_code=CodeMaker(index.code_is_free, random),
                thread_link=self._thread_link,
                is_code=lambda code: index.record_of_code(code) is not None,
                abilities=self._abilities,
                duty=self.duty,
                is_down=self.down.__contains__,
            ),
            outcomes=outcomes,
            moves=self.moves,
            clock=clock,
            observe=watchers.turn,
        )

    def take(self, settings: Settings) -> None:
        """Go by another config.toml from now on."""
        rules = rules_of(settings)
        self.settings, self.rules = settings, rules

    async def open(self) -> None:
        """Take the data folder.

        Raises:
            DataInUse: another process has it.
            TooNew: a later release wrote in it.
            OSError: it cannot be used.
        """
        await self.store.open()
        self._meanwhile.enter_context(collecting_seldom())
        await self.media.open()
        house = await self.store.load(HOUSE)
        if isinstance(house, House):
            self.moves.take(house.moved)
            self.duty.take(house.members)

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Take over what the last process left, and deliver from now on to each plugin that is attached."""
        await self.delivery.recover(self.store.index.record_ids_with_outbox())
        self._delivering = tasks.create_task(self.delivery.run(), name="delivery")
        self._showing = tasks.create_task(self._boards.run(), name="boards")

    async def stop(self, grace: timedelta) -> None:
        """Decide what was received, and finish what is in flight; the rest stays in the outbox.

        Args:
            grace: how long sends that are under way may go on.
        """
        self.receiver.close()
        if self._showing is not None:
            self._showing.cancel()
        await self.intake.drain()
        await self.delivery.stop(grace)
        if self._delivering is not None:
            self._delivering.cancel()

    async def close(self) -> None:
        """Write what is unwritten, and let the folder go; a part that fails keeps none of the others."""
        async with AsyncExitStack() as closing:
            closing.callback(self._meanwhile.close)
            for part in (self.store, self.media, self._journal):
                closing.push_async_callback(part.close)
            await self.intake.drain()

    def attach(self, channel: str, plugin: Plugin) -> None:
        """Send through a plugin that is connected."""
        self.plugins[channel] = plugin
        self._capabilities[channel] = plugin.capabilities
        self.delivery.attach(channel, plugin)

    def detach(self, channel: str) -> None:
        """Let everything for a channel wait."""
        self.delivery.detach(channel)
        self.plugins.pop(channel, None)

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        """Hand what was written to delivery."""
        self.delivery.offer(record_id, items)

    async def _chat_moved(self, chat: ChatRef, new_chat_id: str) -> None:
        await self.receiver.remember_move(chat, new_chat_id)

    def _abilities(self, chat: ChatRef) -> Capabilities | None:
        """What a platform can do in a chat; while its channel is away, what it could do in general."""
        plugin = self.plugins.get(chat.channel)
        if plugin is None:
            return self._capabilities.get(chat.channel)
        return plugin.abilities(self.moves.now(chat))

    def _thread_link(self, chat: ChatRef) -> str:
        plugin = self.plugins.get(chat.channel)
        return plugin.thread_link(chat) if plugin else ""

    def _link(self, media: MediaFile) -> str:
        public_url = self.settings.server.public_url
        return f"{public_url}/media/{self.media.token(media)}" if public_url else ""


def rules_of(settings: Settings) -> Rules:
    """What a config.toml means."""
    return Rules(book=Rulebook(settings), pipeline=compose(layers(settings)))
