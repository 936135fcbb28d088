"""WhatsApp as the bot sees it: the contract, and the channel's life from `connect` to `disconnect`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.api import (
    Attachment,
    Capabilities,
    ChatRef,
    ConfigurationError,
    ConnectionFailed,
    DeliveryReceipt,
    DeliveryUncertain,
    Finding,
    Host,
    Languages,
    OutgoingMessage,
    Plugin,
    PluginError,
    Route,
    Wording,
)
from plugins.whatsapp.addresses import address_of, canonical
from plugins.whatsapp.catchup import CatchUp
from plugins.whatsapp.checking import findings_of
from plugins.whatsapp.client import TwilioAccount
from plugins.whatsapp.composing import Composer, capabilities_of
from plugins.whatsapp.copies import Copies
from plugins.whatsapp.faults import TemplateRefused
from plugins.whatsapp.heard import Heard
from plugins.whatsapp.lookup import Lookup
from plugins.whatsapp.media import Fetching
from plugins.whatsapp.reporting import Reporting
from plugins.whatsapp.sent import SentMessages
from plugins.whatsapp.settings import Settings
from plugins.whatsapp.upkeep import Memory, Rhythm, Upkeep
from plugins.whatsapp.webhooks import Webhooks

WORDS = Languages(Path(__file__).parent / "words")
_ACTIVE = "active"
_ERASED_AT_ONCE = 10
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The channel while it is connected."""

    account: TwilioAccount
    composer: Composer
    capabilities: Capabilities
    lookup: Lookup
    upkeep: Upkeep
    fetching: Fetching


class WhatsApp(Plugin):
    """One WhatsApp sender of one Twilio account.

    Args:
        settings: its table in config.toml.
        host: the bot.
        clock: the time, in UTC.
        rhythm: times.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        settings: Settings,
        host: Host,
        *,
        clock: Callable[[], datetime],
        rhythm: Rhythm | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(host)
        self._settings = settings
        self._clock = clock
        self._rhythm = rhythm or Rhythm()
        self._sleep = sleep
        self._sent = SentMessages(host.documents)
        self._heard = Heard(host.documents)
        self._memory = Memory(host.channel, self._sent, self._heard)
        self._wording = Wording(WORDS, host.language)
        self._reporting = Reporting(host, self._sent, self._wording, clock)
        self._open: _Open | None = None
        self._webhooks = Webhooks(
            host,
            token=settings.auth_token.get_secret_value(),
            number=canonical(settings.number),
            heard=self._heard,
            reporting=self._reporting,
            sent=self._sent,
            clock=clock,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What WhatsApp can do; buttons, once connected, when a template for menus is configured."""
        return self._open.capabilities if self._open else capabilities_of(self._settings, None)

    async def connect(self) -> None:
        """Ask Twilio for the account and the template of menus."""
        wording = self._wording
        if not self.host.public_url:
            raise ConfigurationError(wording("no_public_url"))
        account = TwilioAccount(self._settings, self.host.http, wording, limit=self._rhythm.call)
        await account.open()
        if (status := await account.account_status()) != _ACTIVE:
            raise ConfigurationError(wording("account_inactive", status=status))
        copies = Copies(account, self.host.documents, wording)
        content_sid = self._settings.menu_content
        menu = await copies.menu(content_sid) if content_sid else None
        try:
            await self._memory.load()
        except OSError as error:
            raise ConnectionFailed(wording("not_kept")) from error
        composer = Composer(
            settings=self._settings,
            menu=menu,
            status_url=self._webhooks.status_url,
            link=self.host.media.link,
            wording=wording,
        )
        self._open = _Open(
            account=account,
            composer=composer,
            capabilities=capabilities_of(self._settings, menu),
            lookup=Lookup(account, self._sent, composer, wording, self._clock),
            upkeep=Upkeep(
                self.host.channel,
                catch_up=CatchUp(
                    self.host,
                    account=account,
                    heard=self._heard,
                    sent=self._sent,
                    reporting=self._reporting,
                    clock=self._clock,
                ),
                memory=self._memory,
                rhythm=self._rhythm,
                clock=self._clock,
                sleep=self._sleep,
            ),
            fetching=Fetching(
                self.host.http,
                api_url=self._settings.api_url,
                authorization=account.authorization(),
                limit_bytes=self.host.media_limit_bytes,
                limit=self._rhythm.call,
                wording=wording,
                sleep=self._sleep,
            ),
        )

    async def listen(self) -> None:
        """Look, now and every few minutes, for what was not delivered; write down what is remembered."""
        await self._opened().upkeep.run()

    async def disconnect(self) -> None:
        """Write down what is remembered, and close the connections."""
        opened, self._open = self._open, None
        if opened is not None:
            await self._memory.try_to_flush()
            await opened.fetching.close()

    def routes(self) -> Sequence[Route]:
        """Where Twilio delivers messages, and says what becomes of ours."""
        hooks = self._webhooks
        return (
            Route(method="POST", path=hooks.path, handler=hooks.take_message),
            Route(method="POST", path=hooks.status_path, handler=hooks.take_status),
        )

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Hand one message to Twilio; what becomes of it is reported later."""
        opened = self._opened()
        parameters = opened.composer.parameters(message)
        self._sent.begin(message.message_id, message.chat.chat_id, self._clock())
        try:
            taken = await opened.account.send(parameters)
        except DeliveryUncertain:
            await self._memory.try_to_flush()
            raise
        except PluginError as error:
            self._sent.refused(message.message_id)
            await self._alarm(error)
            raise
        self._sent.named(message.message_id, taken.sid)
        return DeliveryReceipt(message_id=message.message_id, platform_id=taken.sid)

    async def typing(self, chat: ChatRef) -> None:
        """Show the contact that somebody writes, which also marks what they wrote as read."""
        if sid := self._heard.newest_in(chat.chat_id):
            await self._opened().account.show_typing(sid)

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        """Look for the message in Twilio's list."""
        return await self._opened().lookup.find(message)

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file that a contact sent."""
        return self._opened().fetching.content(attachment.remote_id)

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Delete at Twilio what was written to and by these contacts, and forget it here."""
        own = {chat.chat_id for chat in chats if chat.thread_id is None}
        if self._open is None:
            await self._memory.load()
        own = {name for chat_id in own for name in self._heard.names_of(chat_id)}
        for chat_id in own:
            self._sent.forget(chat_id)
            self._heard.forget(chat_id)
        await self._memory.flush()
        account = await self._any_account()
        for chat_id in own:
            address = address_of(chat_id)
            listed = [
                *await account.messages(since=None, sender=address, recipient=account.own_address()),
                *await account.messages(since=None, sender=account.own_address(), recipient=address),
            ]
            for start in range(0, len(listed), _ERASED_AT_ONCE):
                batch = listed[start : start + _ERASED_AT_ONCE]
                await asyncio.gather(*(account.erase(message.sid) for message in batch))

    async def check(self) -> Sequence[Finding]:
        """Look at the account, the sender and its webhook, and the templates."""
        return await findings_of(
            self._settings,
            await self._any_account(),
            public_url=self.host.public_url,
            webhook_path=self._webhooks.path,
            wording=self._wording,
        )

    async def _alarm(self, error: PluginError) -> None:
        """Tell the inbox of a refusal that no repeat will mend."""
        if isinstance(error, TemplateRefused):
            try:
                await self._reporting.alert(str(error))
            except OSError:
                _logger.warning("%s: an alert could not be written", self.host.channel)

    async def _any_account(self) -> TwilioAccount:
        """The account, also while the channel is not connected."""
        if self._open is not None:
            return self._open.account
        account = TwilioAccount(self._settings, self.host.http, self._wording, limit=self._rhythm.call)
        await account.open()
        return account

    def _opened(self) -> _Open:
        if self._open is None:
            raise ConnectionFailed("the channel is not connected")
        return self._open


def create_plugin(settings: Settings, host: Host) -> WhatsApp:
    """Make the channel; nothing is read or sent before `connect`."""
    return WhatsApp(settings, host, clock=lambda: datetime.now(UTC))
