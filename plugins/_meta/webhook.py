"""The webhook: signed batches, taken apart, each event on its own, and answered once all are stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from bot.api import Host
from plugins._meta.mapping import chat_id_of, time_in
from plugins._meta.settings import GraphSettings
from plugins._meta.signing import SIGNATURE_HEADER, is_same, is_signature, is_signed

_logger = logging.getLogger(__name__)

LARGE_BODY = 256 * 1024
"""A body from this size on is hashed in a thread; below, the way there costs more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEvent:
    """One event of a batch as the platform wrote it.

    Attributes:
        chat_id: the contact it is about; empty where it is about the account.
        at: its timestamp, for the order.
        raw: the item.
    """

    chat_id: str
    at: float
    raw: Mapping[str, Any]


Take = Callable[[str, list[RawEvent]], Awaitable[None]]
"""Takes the events of one chat, in order; raises what must not be acknowledged."""


class Webhook:
    """The endpoint of one account.

    An app has one address for all its pages, so what comes here may be another channel's; it is handed on.

    Args:
        host: counts what is left alone, and knows the other channels.
        object_name: the `object` of the account's webhooks.
        account_id: the account.
        app_secret: signs the bodies.
        verify_token: what the developer console proves itself with.
        take: what becomes of the events.
    """

    def __init__(
        self,
        host: Host,
        *,
        object_name: str,
        account_id: str,
        app_secret: str,
        verify_token: str,
        take: Take,
    ) -> None:
        self._host = host
        self._object_name = object_name
        self._account_id = account_id
        self._secret = app_secret.encode()
        self._verify_token = verify_token
        self._take = take

    async def verify(self, request: web.Request) -> web.StreamResponse:
        """Answer the developer console's question (Webhooks, Verification requests)."""
        query = request.query
        is_asked = query.get("hub.mode") == "subscribe" and "hub.challenge" in query
        if not is_asked or not is_same(query.get("hub.verify_token", ""), self._verify_token):
            return web.Response(status=403)
        # The challenge goes back to whoever sent it; as plain text it can do nothing in a browser.
        headers = {"X-Content-Type-Options": "nosniff"}
        return web.Response(text=query["hub.challenge"], content_type="text/plain", headers=headers)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Take a batch; 200 once every event in it is stored, else the platform delivers all of it again."""
        signature = request.headers.get(SIGNATURE_HEADER, "")
        if not is_signature(signature):
            return web.Response(status=403)
        body = await request.read()
        if not await self._is_signed(body, signature):
            return web.Response(status=403)
        try:
            batch = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return web.Response(status=400)
        if not isinstance(batch, dict) or not isinstance(batch.get("entry"), list):
            return web.Response(status=400)
        if batch.get("object") != self._object_name:
            self._host.count("unknown_object")
            return web.Response()
        return web.Response(status=200 if await self._hand_out(batch["entry"]) else 503)

    async def _is_signed(self, body: bytes, signature: str) -> bool:
        if len(body) < LARGE_BODY:
            return is_signed(self._secret, body, signature)
        return await asyncio.to_thread(is_signed, self._secret, body, signature)

    async def _hand_out(self, entries: list[Any]) -> bool:
        """Let the channel of each entry take it; whether all of them are stored."""
        of_account: dict[str, list[Mapping[str, Any]]] = {}
        for entry in entries:
            if isinstance(entry, dict):
                of_account.setdefault(str(entry.get("id", "")), []).append(entry)
            else:
                self._host.count("malformed")
        own = of_account.pop(self._account_id, [])
        others = [self._elsewhere(account_id, found) for account_id, found in of_account.items()]
        return all(await asyncio.gather(self.take_all(own), *others))

    async def _elsewhere(self, account_id: str, entries: list[Mapping[str, Any]]) -> bool:
        """Let the channel of another account of our app take its entries; of an unknown one nobody does."""
        for sibling in self._host.siblings():
            settings, plugin = sibling.settings, sibling.plugin
            if not isinstance(settings, GraphSettings) or settings.account != account_id:
                continue
            if not is_same(settings.app_secret.get_secret_value(), self._secret.decode()):
                break  # another app's, which signs for itself
            webhook = getattr(plugin, "webhook", None)
            return isinstance(webhook, Webhook) and await webhook.take_all(entries)
        for _ in entries:
            self._host.count("other_account")
        return True

    async def take_all(self, entries: list[Mapping[str, Any]]) -> bool:
        """Take the events of different chats at once, and those of one chat in the order of their times.

        Args:
            entries: of this account, in a batch whose signature was right.

        Returns:
            Whether all of them are stored.
        """
        chats: dict[str, list[RawEvent]] = {}
        for event in self._events(entries):
            chats.setdefault(event.chat_id, []).append(event)
        for events in chats.values():
            events.sort(key=lambda event: event.at)
        taken = [self._take(chat_id, events) for chat_id, events in chats.items()]
        outcomes = await asyncio.gather(*taken, return_exceptions=True)
        errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        for error in errors:
            if not isinstance(error, Exception):
                raise error
            # Not its text, which may hold a contact's words.
            _logger.error("%s: events were not stored: %s", self._host.channel, type(error).__name__)
        return not errors

    def _events(self, entries: list[Mapping[str, Any]]) -> Iterator[RawEvent]:
        for entry in entries:
            yield from self._events_of(entry)

    def _events_of(self, entry: Mapping[str, Any]) -> Iterator[RawEvent]:
        known = False
        for name, items in entry.items():
            if name not in {"messaging", "changes", "standby"} or not isinstance(items, list):
                continue
            known = True
            for item in items:
                if name == "standby" and not _is_about_ours(item):
                    # Another app has the conversation, and only it may answer.
                    self._host.count("standby")
                elif name == "changes":
                    yield from self._changed(item)
                else:
                    yield from self._event(item)
        if not known:
            self._host.count("unknown_entry")

    def _changed(self, item: Any) -> Iterator[RawEvent]:
        """Where an account logs in by itself, some messaging events come as changes of a field."""
        value = item.get("value") if isinstance(item, dict) else None
        if isinstance(value, dict) and "sender" in value and "timestamp" in value:
            yield from self._event(value)
        else:
            self._host.count("unknown_change")

    def _event(self, item: Any) -> Iterator[RawEvent]:
        if not isinstance(item, dict):
            self._host.count("malformed")
            return
        yield RawEvent(chat_id=chat_id_of(item, self._account_id), at=_place(item), raw=item)


def _place(item: Mapping[str, Any]) -> float:
    """Where an event stands among those of its chat; one without a time comes first."""
    try:
        return time_in(item) or 0.0
    except OverflowError:
        return 0.0


def _is_about_ours(item: Any) -> bool:
    """Whether an event tells of what the account wrote, which asks for no answer."""
    if not isinstance(item, dict):
        return False
    message = item.get("message")
    is_echo = isinstance(message, dict) and bool(message.get("is_echo"))
    return is_echo or "read" in item or "delivery" in item
