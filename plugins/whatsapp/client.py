"""The calls of one Twilio account; every error that leaves here is the bot's own."""

import asyncio
import base64
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.api import (
    ConfigurationError,
    ConnectionFailed,
    DeliveryFailed,
    DeliveryUncertain,
    PluginError,
    RateLimited,
    Wording,
)
from plugins.whatsapp.addresses import address_of
from plugins.whatsapp.faults import Refusal, error_of
from plugins.whatsapp.listing import Content, Listed, ListedFile, Sender, listed_of, text_of
from plugins.whatsapp.settings import Settings

_PAGE = 200
_CHANNEL = "whatsapp"
# A host like api.twilio.com or api.dublin.ie1.twilio.com has brothers for the other products.
_PRODUCT = "api."
_OWN_DOMAIN = ".twilio.com"

Answer = TypeVar("Answer")


class TwilioAccount:
    """What the plugin asks of Twilio.

    Args:
        settings: the channel's table.
        http: the session that carries the calls.
        wording: what errors say.
        limit: the longest a call may take.
    """

    def __init__(
        self, settings: Settings, http: ClientSession, wording: Wording, *, limit: timedelta
    ) -> None:
        self._settings = settings
        self._http = http
        self._wording = wording
        self._limit = limit
        self._client: Any = None

    async def open(self) -> None:
        """Import the SDK and make its client, on a thread for it is large; nothing is sent."""
        self._client = await asyncio.to_thread(self._make)

    def _make(self) -> Any:
        rest = importlib.import_module("twilio.rest")
        transport = importlib.import_module("plugins.whatsapp.transport")
        roots = _roots(self._settings.api_url)
        client = rest.Client(
            self._settings.account_sid,
            self._settings.auth_token.get_secret_value(),
            http_client=transport.Transport(
                self._http,
                origins=frozenset(map(transport.origin_of, roots.values())),
                limit=self._limit,
                wording=self._wording,
            ),
            # Without the process's environment, whose TWILIO_REGION would change every host.
            environment={"TWILIO_REGION": ""},
        )
        client.api.base_url = roots["api"]
        client.messaging.base_url = roots["messaging"]
        client.content.base_url = roots["content"]
        # The SDK imports each product where it is first named.
        _ = client.messages, client.messaging.v2.typing_indicator, client.content.v1.contents
        return client

    async def account_status(self) -> str:
        """How the account is: `active`, `suspended` or `closed`.

        Raises:
            ConfigurationError: the credentials are refused.
            ConnectionFailed: not reachable now.
        """
        try:
            account = await self._ask(lambda client: client.api.v2010.account.fetch_async())
        except DeliveryFailed as error:
            kind = ConnectionFailed if isinstance(error, RateLimited) else ConfigurationError
            raise kind(str(error)) from error
        return str(account.status)

    async def send(self, parameters: Mapping[str, object]) -> Listed:
        """Create a message.

        Args:
            parameters: those of the SDK's `messages.create`.

        Raises:
            PluginError: as `Plugin.send`.
        """
        try:
            taken = await self._opened().messages.create_async(**parameters)
            listed = listed_of(taken)
        except Refusal as refusal:
            raise error_of(refusal, self._wording) from None
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise DeliveryUncertain(self._wording("senseless")) from error
        if not listed.sid:
            raise DeliveryUncertain(self._wording("senseless"))
        return listed

    async def messages(
        self, *, since: datetime | None, sender: str = "", recipient: str = ""
    ) -> Sequence[Listed]:
        """The messages of the account, oldest first.

        Args:
            since: only what was sent or received after it; None: all there are.
            sender: only from this address; empty: from any.
            recipient: only to this address; likewise.
        """
        wanted: dict[str, object] = {"page_size": _PAGE}
        if since is not None:
            since = since.replace(microsecond=0)  # Twilio's times are whole seconds
            wanted["date_sent_after"] = since
        if sender:
            wanted["from_"] = sender
        if recipient:
            wanted["to"] = recipient
        found = await self._ask(lambda client: client.messages.list_async(**wanted))
        listed = [listed_of(each) for each in found]
        return sorted(
            (each for each in listed if each.sid and (since is None or each.at >= since)),
            key=lambda each: each.at,
        )

    async def files_of(self, sid: str) -> Sequence[ListedFile]:
        """The files of a message."""
        found = await self._ask(lambda client: client.messages(sid).media.list_async())
        root = self._settings.api_url
        return [
            ListedFile(
                url=f"{root}{str(each.uri).removesuffix('.json')}", mime_type=str(each.content_type or "")
            )
            for each in found
        ]

    async def erase(self, sid: str) -> None:
        """Delete a message with its files; one that is gone already is no error."""
        try:
            await self._ask(lambda client: client.messages(sid).delete_async(), can_miss=True)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                raise self._asked_in_vain(refusal) from None

    async def show_typing(self, sid: str) -> None:
        """Show the sender of an inbound message that somebody writes; it also marks the message as read."""
        await self._ask(
            lambda client: client.messaging.v2.typing_indicator.create_async(channel=_CHANNEL, message_id=sid)
        )

    async def content(self, sid: str) -> Content | None:
        """A content template; None when there is no such one."""
        try:
            found = await self._ask(
                lambda client: client.content.v1.contents(sid).fetch_async(), can_miss=True
            )
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                return None
            raise self._asked_in_vain(refusal) from None
        return Content(
            name=text_of(found.friendly_name),
            language=text_of(found.language) or "en",
            variables=found.variables if isinstance(found.variables, dict) else {},
            types=found.types if isinstance(found.types, dict) else {},
        )

    async def make_content(self, content: Content) -> str:
        """Make a content template for use within the window, which needs nobody's approval; gives its SID."""

        def create(client: Any) -> Awaitable[Any]:
            contents = client.content.v1.contents
            wanted = {
                "friendly_name": content.name,
                "language": content.language,
                "variables": dict(content.variables),
                "types": dict(content.types),
            }
            made: Awaitable[Any] = contents.create_async(contents.ContentCreateRequest(wanted))
            return made

        sid = text_of((await self._ask(create)).sid)
        if not sid:
            raise ConnectionFailed(self._wording("senseless"))
        return sid

    async def senders(self) -> Sequence[Sender]:
        """The WhatsApp senders of the account; the sandbox is none of them."""
        found = await self._ask(
            lambda client: client.messaging.v2.channels_senders.list_async(channel=_CHANNEL)
        )
        return [
            Sender(
                number=str(each.sender_id or ""),
                status=str(each.status or ""),
                callback_url=text_of((each.webhook or {}).get("callback_url")),
            )
            for each in found
        ]

    def authorization(self) -> str:
        """The header that opens the account's files."""
        return basic(self._settings.account_sid, self._settings.auth_token.get_secret_value())

    def own_address(self) -> str:
        """Our sender, as Twilio names it."""
        return address_of(self._settings.number)

    async def _ask(self, call: Callable[[Any], Awaitable[Any]], *, can_miss: bool = False) -> Any:
        """Make a call that shows no message to anybody, so that a broken one may be made again.

        Raises:
            Refusal: when `can_miss`, as Twilio answered it.
            PluginError: as `Plugin.send`, but never uncertain.
        """
        try:
            return await call(self._opened())
        except Refusal as refusal:
            if can_miss:
                raise
            raise self._asked_in_vain(refusal) from None
        except DeliveryUncertain as lost:
            raise ConnectionFailed(str(lost)) from lost
        except (ValueError, TypeError, LookupError, AttributeError) as error_in_answer:
            raise ConnectionFailed(self._wording("senseless")) from error_in_answer

    def _asked_in_vain(self, refusal: Refusal) -> PluginError:
        """The error of a call that shows no message to anybody, so that nothing is uncertain."""
        error = error_of(refusal, self._wording)
        return ConnectionFailed(str(error)) if isinstance(error, DeliveryUncertain) else error

    def _opened(self) -> Any:
        if self._client is None:
            raise ConnectionFailed(self._wording("closed"))
        return self._client


def basic(user: str, password: str) -> str:
    """The value of an `Authorization` header."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _roots(api_url: str) -> Mapping[str, str]:
    """Where each of Twilio's products is; all at one place when `api_url` is not Twilio's own."""
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    if not (host.startswith(_PRODUCT) and host.endswith(_OWN_DOMAIN)):
        return dict.fromkeys(("api", "messaging", "content"), api_url)
    return {
        product: f"{parts.scheme}://{product}.{host.removeprefix(_PRODUCT)}"
        for product in ("api", "messaging", "content")
    }
