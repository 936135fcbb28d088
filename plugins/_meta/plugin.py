"""A channel behind the Graph API as the bot sees it, from `connect` to `disconnect`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.api import (
    Attachment,
    Capabilities,
    ChatRef,
    ConfigurationError,
    DeliveryReceipt,
    Finding,
    Host,
    Languages,
    OutgoingMessage,
    Plugin,
    Route,
    Wording,
)
from plugins._meta.account import Account
from plugins._meta.care import Care
from plugins._meta.chores import Chores, contained
from plugins._meta.client import GraphClient
from plugins._meta.conversations import Conversations
from plugins._meta.downloads import Downloads
from plugins._meta.echoes import Echoes
from plugins._meta.failures import AccountBlocked, AccountRestricted
from plugins._meta.mapping import Reader
from plugins._meta.network import Network
from plugins._meta.places import IsOurs
from plugins._meta.profiles import Profiles
from plugins._meta.receiving import Receiving
from plugins._meta.reconciling import Reconciling
from plugins._meta.sending import Sending
from plugins._meta.sent import Sent
from plugins._meta.settings import GraphSettings
from plugins._meta.underway import UnderWay
from plugins._meta.usage import Usage
from plugins._meta.webhook import Webhook

_logger = logging.getLogger(__name__)

WORDS = Languages(Path(__file__).parent / "words")
WORKERS = 4
MOST_SEEN = 10_000
"""Chats remembered as read; one that is forgotten costs a call."""

QUICK_REPLIES, LABEL_LIMIT = 13, 20
"""Messenger Platform, Quick replies."""

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
"""Messenger Platform, Policy overview: the standard window, and that of the HUMAN_AGENT tag."""

SENDS_PER_SECOND = 40
"""The API takes 300, but more than 40 disturb the page's own inbox (Messenger Platform, Rate limiting)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things may take, and how often they are done.

    Attributes:
        call_time: one call.
        upload_time: one upload.
        stall_time: how long a download may stand still.
        echo_time: how long a doubtful send waits for its echo.
        flush_every: the pause between two writes of what can wait.
        catch_up_every: the pause between two attempts to fetch what was missed.
        look_every: the pause between two looks at subscription, token and version.
    """

    call_time: timedelta = timedelta(seconds=10)
    upload_time: timedelta = timedelta(seconds=60)
    stall_time: timedelta = timedelta(seconds=20)
    echo_time: timedelta = timedelta(seconds=3)
    flush_every: timedelta = timedelta(seconds=2)
    catch_up_every: timedelta = timedelta(minutes=1)
    look_every: timedelta = timedelta(days=1)


class GraphPlugin(Plugin):
    """One account of one platform behind the Graph API.

    Args:
        settings: its table in config.toml.
        host: the bot.
        network: the platform's facts.
        clock: the time now, in UTC.
        pace: time limits.
    """

    def __init__(
        self,
        settings: GraphSettings,
        host: Host,
        *,
        network: Network,
        clock: Callable[[], datetime],
        pace: Pace,
    ) -> None:
        super().__init__(host)
        self._settings = settings
        self._network = network
        self._clock = clock
        self._pace = pace
        token, secret = settings.page_token.get_secret_value(), settings.app_secret.get_secret_value()
        is_ours, say = IsOurs(settings.api_url), Wording(WORDS, host.language)
        usage, self._chores = Usage(clock), Chores(host)
        client = GraphClient(
            host.http,
            root=f"{settings.api_url}/{settings.api_version}",
            token=token,
            app_secret=secret,
            usage=usage,
            call_time=pace.call_time,
            upload_time=pace.upload_time,
            say=say,
        )
        self._account = Account(network, client, settings.account)
        self._care = Care(host, self._account, settings, clock=clock)
        self._downloads = Downloads(host.http, client, is_ours, stall_time=pace.stall_time)
        conversations = Conversations(client, network, own_names=lambda: self._account.names)
        self._sent, under_way = Sent(host.documents), UnderWay(clock)
        self._echoes = Echoes(
            host,
            sent=self._sent,
            under_way=under_way,
            conversations=conversations,
            app_id=lambda: self._account.app_id,
            say=say,
            clock=clock,
            patience=pace.echo_time,
        )
        self._profiles = Profiles(host, client, network, usage=usage, chores=self._chores, clock=clock)
        self._sending = Sending(
            host,
            client,
            network,
            sent=self._sent,
            under_way=under_way,
            usage=usage,
            has_human_agent=settings.human_agent,
            clock=clock,
        )
        self._receiving = Receiving(
            host,
            reader=Reader(channel=host.channel, account_id=settings.account, say=say, is_ours=is_ours),
            profiles=self._profiles,
            sent=self._sent,
            echoes=self._echoes,
            say=say,
            show=self._show,
            tell=self._care.tell,
        )
        self._reconciling = Reconciling(
            host,
            conversations=conversations,
            receiving=self._receiving,
            echoes=self._echoes,
            profiles=self._profiles,
            say=say,
            is_ours=is_ours,
        )
        self.webhook = Webhook(
            host,
            object_name=network.object_name,
            account_id=settings.account,
            app_secret=secret,
            verify_token=settings.verify_token.get_secret_value(),
            take=self._receiving.take,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can do, and until when a person may answer."""
        network = self._network
        return Capabilities(
            text_limit=network.text_limit,
            text_unit=network.text_unit,
            choices=QUICK_REPLIES,
            choice_label_limit=LABEL_LIMIT,
            media=network.media,
            reactions=network.reactions,
            quotes=True,
            typing=True,
            findable=True,
            reply_window=WINDOW,
            human_window=HUMAN_WINDOW if self._settings.human_agent else None,
            sends_per_second=SENDS_PER_SECOND,
        )

    async def connect(self) -> None:
        """Prove that the token is the account's."""
        if lack := self._care.lack():
            raise ConfigurationError(lack)
        try:
            await self._account.prove()
        except ConfigurationError as error:
            await self._care.tell(str(error))
            raise

    async def listen(self) -> None:
        """Look after the account, do what nobody waits for, and first of all fetch what was missed."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(WORKERS):
                tasks.create_task(self._chores.work())
            tasks.create_task(self._flush_often())
            tasks.create_task(self._look_daily())
            tasks.create_task(self._catch_up())

    async def disconnect(self) -> None:
        """Write down what can wait no longer."""
        await self._flush()

    def routes(self) -> Sequence[Route]:
        """The webhook, and the question that the developer console asks it."""
        path = f"/webhooks/{self.host.channel}"
        return (
            Route(method="GET", path=path, handler=self.webhook.verify),
            Route(method="POST", path=path, handler=self.webhook.receive),
        )

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message; a trouble with the account itself is posted in the inbox too."""
        try:
            return await self._sending.send(message)
        except (ConfigurationError, AccountBlocked, AccountRestricted) as error:
            await self._care.tell(str(error))
            raise

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Set or take away our reaction, where the platform takes any emoji."""
        if not self._network.reactions:
            await super().react(chat, platform_id, emoji)
        await self._sending.react(chat, platform_id, emoji)

    async def typing(self, chat: ChatRef) -> None:
        """Show that somebody has read the chat, and writes."""
        seen = self._receiving.seen
        if chat.chat_id in seen:
            await self._sending.act(chat, "typing_on")
            return
        await self._sending.act(chat, "mark_seen", "typing_on")
        if len(seen) >= MOST_SEEN:
            seen.clear()
        seen.add(chat.chat_id)

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        """Look for a doubtful message among its echoes, and in the conversation itself."""
        return await self._echoes.find(message, self._sending.text_of(message))

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file that a contact sent."""
        return self._downloads.content(attachment.remote_id)

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Erase what is kept here of these contacts; the platform has no call for its own side."""
        for chat in chats:
            await self._profiles.forget(chat.chat_id)
            await self._sent.forget(chat.chat_id)

    async def check(self) -> Sequence[Finding]:
        """Ask the platform whether token, permissions and subscription are right."""
        return await self._care.findings()

    def _show(self, chat: ChatRef, text: str) -> None:
        """Show a contact a line once there is time for it."""
        self._chores.add(f"show {chat.chat_id} {text}", partial(self._sending.say, chat, text))

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(self._pace.flush_every.total_seconds())
            await self._flush()

    async def _catch_up(self) -> None:
        while True:
            await contained(self.host, lambda: self._reconciling.catch_up(self._clock()))
            if self._reconciling.is_caught_up:
                return
            await asyncio.sleep(self._pace.catch_up_every.total_seconds())

    async def _look_daily(self) -> None:
        while True:
            await contained(self.host, self._look)
            await asyncio.sleep(self._pace.look_every.total_seconds())

    async def _look(self) -> None:
        try:
            await self._care.look()
        except ConfigurationError as error:
            self.host.failed(error)

    async def _flush(self) -> None:
        try:
            await self._sent.flush()
            await self._reconciling.flush()
        except OSError:
            _logger.warning("%s: what was sent could not be written down; trying again", self.host.channel)
