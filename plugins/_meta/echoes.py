"""The account's own messages as the platform reports them: ours, or a colleague's in the platform's app."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from bot.api import (
    ChatRef,
    ConfigurationError,
    DeliveryReceipt,
    DeliveryRejected,
    EchoReceived,
    Host,
    OutgoingMessage,
    Unsupported,
    Wording,
)
from plugins._meta.conversations import Conversations, Said
from plugins._meta.reported import Echo
from plugins._meta.sent import Sent, SentMessage, SentTo
from plugins._meta.underway import UnderWay

MARGIN = timedelta(minutes=2)
"""How far the platform's clock may be from ours."""

DAY = timedelta(hours=24)


class Echoes:
    """What tells our own messages from a colleague's, and finds those whose send was in doubt.

    An echo may come before the answer to the send, after it, or in its place.

    Args:
        host: told of a colleague's message, and of a doubt that ended late.
        sent: what is known of our messages.
        under_way: sends whose end is not known.
        conversations: asked where no echo has come.
        app_id: our own app's id, empty while it is not known.
        say: the words for people.
        clock: the time now.
        patience: how long to wait for an echo before asking.
    """

    def __init__(
        self,
        host: Host,
        *,
        sent: Sent,
        under_way: UnderWay,
        conversations: Conversations,
        app_id: Callable[[], str],
        say: Wording,
        clock: Callable[[], datetime],
        patience: timedelta,
    ) -> None:
        self._host = host
        self._sent = sent
        self._under_way = under_way
        self._conversations = conversations
        self._app_id = app_id
        self._say = say
        self._clock = clock
        self._patience = patience
        self._waiting: dict[str, asyncio.Event] = {}
        self._doubted: set[str] = set()

    async def received(self, echo: Echo) -> None:
        """Remember an echo of ours; hand a colleague's to the bot.

        Raises:
            OSError: the bot could not store it.
        """
        sent = await self._sent.to(echo.chat_id)
        message_id = self._message_id(echo, sent)
        if message_id is None and not self._is_own_app(echo):
            # Before our app's id is known, the bot itself knows an id of its own from another app's word.
            unproved = "" if self._is_foreign(echo) else echo.metadata
            await self._colleague(echo, outgoing_id=unproved)
            message_id = unproved
            if not unproved:
                return
        sent.note(SentMessage(echo.mid, message_id or "", echo.sent_at))
        if message_id:
            await self._settle(echo.chat_id, message_id, echo.mid)

    async def overheard(self, said: Said) -> None:
        """Hand on what the account wrote while nobody listened, unless it was us; raises as `received`."""
        sent = await self._sent.to(said.chat_id)
        if said.mid not in sent.messages and self._under_way.said(said.chat_id, said.text) is None:
            file = "" if said.text else "file"
            await self._colleague(
                Echo(chat_id=said.chat_id, mid=said.mid, sent_at=said.at, text=said.text, file=file)
            )

    async def find(self, message: OutgoingMessage, text: str) -> DeliveryReceipt | None:
        """Look whether a message arrived: at its echo, then in the conversation itself.

        Args:
            message: ours.
            text: what people would read; empty for a file.

        Returns:
            Its receipt, or None.

        Raises:
            Unsupported: nobody can tell; should its echo come after all, it is reported.
            PluginError: as the contract's `find_sent`.
        """
        chat_id, message_id = message.chat.chat_id, message.message_id
        sent = await self._sent.to(chat_id)
        if not sent.mid_of(message_id):
            await self._wait(message_id)
        mid = sent.mid_of(message_id)
        if not mid:
            try:
                said = _latest(
                    await self._conversations.with_contact(chat_id), sent, text, self._start(message)
                )
            except (DeliveryRejected, ConfigurationError) as error:
                self._doubted.add(message_id)
                raise Unsupported(self._say("not_asked", reason=error)) from error
            if said is None:
                self._under_way.end(chat_id, message_id)
                return None
            mid = said.mid
            sent.note(SentMessage(mid, message_id, said.at))
        self._under_way.end(chat_id, message_id)
        return DeliveryReceipt(message_id=message_id, platform_id=mid)

    def _message_id(self, echo: Echo, sent: SentTo) -> str | None:
        """Our id of what an echo is of; empty: ours, but the bot counts it as no message; None: unknown."""
        if (known := sent.messages.get(echo.mid)) is not None:
            return known.message_id
        if self._is_foreign(echo):
            return None
        if echo.metadata:
            is_ours = self._is_own_app(echo) or self._under_way.find(echo.chat_id, echo.metadata) is not None
            return echo.metadata if is_ours else None
        attempt = self._under_way.said(echo.chat_id, echo.text)
        return None if attempt is None else attempt.message_id

    def _is_own_app(self, echo: Echo) -> bool:
        return bool(echo.app_id) and echo.app_id == self._app_id()

    def _is_foreign(self, echo: Echo) -> bool:
        return bool(echo.app_id and self._app_id()) and echo.app_id != self._app_id()

    def _start(self, message: OutgoingMessage) -> datetime | None:
        attempt = self._under_way.find(message.chat.chat_id, message.message_id)
        return None if attempt is None else attempt.began_at - MARGIN

    async def _colleague(self, echo: Echo, *, outgoing_id: str = "") -> None:
        event = EchoReceived(
            event_id=f"echo:{echo.mid}",
            chat=ChatRef(self._host.channel, echo.chat_id),
            sent_at=echo.sent_at,
            message_id=echo.mid,
            outgoing_id=outgoing_id,
            text=echo.text or f"📎 {echo.file}".strip(),
        )
        await self._host.receive(event)

    async def _settle(self, chat_id: str, message_id: str, mid: str) -> None:
        """End the doubt about a message, for whoever waits or has given up waiting."""
        if (waiting := self._waiting.get(message_id)) is not None:
            waiting.set()
        if message_id in self._doubted:
            await self._host.report(DeliveryReceipt(message_id=message_id, platform_id=mid))
            self._doubted.discard(message_id)
            self._under_way.end(chat_id, message_id)

    async def _wait(self, message_id: str) -> None:
        """Wait for an echo that may still be on its way."""
        event = self._waiting.setdefault(message_id, asyncio.Event())
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiting.pop(message_id, None)


def _latest(conversation: Iterable[Said], sent: SentTo, text: str, start: datetime | None) -> Said | None:
    """The message of ours with these words that nothing else explains; sends to one chat are in order."""
    found = list(conversation)
    own = [said for said in found if said.is_ours]
    # An echo without our id of the message explains nothing yet: it may be of this very one.
    explained = {mid for mid, message in sent.messages.items() if message.message_id}
    last = max((said.at for said in own if said.mid in explained), default=None)
    newest = found[-1].at if found else datetime.fromtimestamp(0, UTC)
    floor = start or last or newest - DAY
    for said in reversed(own):
        is_it = said.text.strip() == text.strip() if text else bool(said.attachments) and not said.text
        if is_it and said.mid not in explained and said.at >= floor:
            return said
    return None
