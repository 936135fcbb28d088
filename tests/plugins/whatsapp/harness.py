"""Twilio as the conformance suite drives it: signed forms in, and the SDK's calls out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

from bot.api import ChatRef, Host, Plugin
from plugins import whatsapp
from plugins.whatsapp import Settings, WhatsApp
from plugins.whatsapp.menus import PAYLOAD
from plugins.whatsapp.upkeep import Rhythm
from tests.conformance.harness import Delivery, Failure, Said, Shown
from tests.conformance.simulated import SimulatedHarness, package_like
from tests.simulators.twilio import Clock, TwilioPlatform
from tests.simulators.twilio_hooks import Form, Person
from tests.simulators.twilio_messages import Content, File, Message
from tests.simulators.twilio_troubles import Trouble

CHANNEL = "whatsapp"
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "token-of-the-twilio-account"
WRONG_TOKEN = "token-that-was-never-right"
NUMBER = "+33939000001"
MENU = "HX" + "a" * 32

TROUBLES = {
    Failure.RATE_LIMITED: Trouble.RATE_LIMITED,
    Failure.SERVER_ERROR: Trouble.SERVER_ERROR,
    Failure.HANG: Trouble.HANG,
    Failure.DROP: Trouble.DROP,
    Failure.GARBAGE: Trouble.GARBAGE,
    Failure.REJECTED: Trouble.REJECTED,
    Failure.CHAT_GONE: Trouble.CHAT_GONE,
    Failure.REVOKED: Trouble.WRONG_TOKEN,
}


class TwilioHarness(SimulatedHarness[TwilioPlatform]):
    """One Twilio account with two contacts who have just written.

    Args:
        platform: the running simulator.
        menu: the template that shows menus, or None.
    """

    channel = CHANNEL
    chat = ChatRef(CHANNEL, "FR.13491208655302741918")
    other_chat = ChatRef(CHANNEL, "+33612345678")
    secrets = (TOKEN,)
    wrong_secrets = (WRONG_TOKEN,)
    token_key = "auth_token"
    troubles = TROUBLES
    failures = frozenset(TROUBLES) | {Failure.WRONG_CREDENTIALS, Failure.UNREACHABLE, Failure.SLOW}
    deliveries = frozenset(Delivery) - {Delivery.IN_THREAD}
    patience = timedelta(seconds=10)

    def __init__(self, platform: TwilioPlatform, menu: Content | None) -> None:
        super().__init__(platform)
        self.package = package_of(platform)
        self.retry_after = timedelta(seconds=platform.retry_after_s)
        self._has_menu = menu is not None
        self._forms: dict[str, Form] = {}
        if menu is not None:
            platform.book.contents[MENU] = menu
        for chat in (self.chat, self.other_chat):
            platform.book.hear(self.name_of(chat), platform.number, "hello")

    def table(self) -> dict[str, Any]:
        """The right token, and the template."""
        url = self.platform.url
        table = {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER, "api_url": url}
        return {**table, "menu_content": MENU} if self._has_menu else table

    def name_of(self, chat: ChatRef) -> str:
        """The contact's address, as Twilio has it."""
        return f"whatsapp:{chat.chat_id}"

    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Post a form."""
        form, hooks = self._form(said), self.platform.hooks
        match delivery:
            case Delivery.FORGED:
                answer = hooks.post(hooks.webhook_url, form, signed={**form, "Body": "something else"})
            case Delivery.UNSIGNED:
                answer = hooks.post(hooks.webhook_url, form, is_signed=False)
            case Delivery.MALFORMED:
                answer = hooks.push({"From": form["From"], "To": form["To"], "Body": said.text})
            case Delivery.UNKNOWN:
                answer = hooks.push({**form, "From": "messenger:7654321", "To": "messenger:1234567"})
            case Delivery.OVERSIZED:
                answer = hooks.push({**form, "Body": "x" * (6 * 1024 * 1024)})
            case _:
                answer = hooks.push(form)
        return (await answer)[0]

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Post the form of a pressed button; what the answer writes back is the line to show."""
        label = shown.choices[shown.choice_ids.index(choice_id)]
        form = self._form(Said(key=key, chat=chat, text=label))
        press = {"MessageType": "button", "ButtonText": label, "ButtonPayload": f"{PAYLOAD}{choice_id}"}
        quote = {"OriginalRepliedMessageSid": shown.platform_id}
        _, answer = await self.platform.hooks.push({**form, **press, **quote})
        return "".join(ET.fromstring(answer).itertext())  # noqa: S314  # our own plugin's

    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """What the contact's phone shows of ours."""
        return [shown_as(each) for each in self.platform.book.shown(self.name_of(chat))]

    def _form(self, said: Said) -> Form:
        """The form of something said; the same for the same key."""
        if said.key not in self._forms:
            address = self.name_of(said.chat)
            files, urls = [], []
            if said.file is not None:
                files = [File(sid=self.platform.book.sid("ME"), content=said.file, mime_type="image/jpeg")]
            person = Person(address=address)
            heard = self.platform.book.hear(address, self.platform.number, said.text, files)
            urls = [media_url(self.platform, heard, file) for file in files]
            form = self.platform.hooks.form(heard, person, file_urls=urls)
            self._forms[said.key] = form | ({"MessageType": "image"} if files else {})
        return self._forms[said.key]


def media_url(platform: TwilioPlatform, message: Message, file: File) -> str:
    """Where a webhook says that a file is."""
    root = f"{platform.url}/2010-04-01/Accounts/{platform.account_sid}"
    return f"{root}/Messages/{message.sid}/Media/{file.sid}"


def shown_as(message: Message) -> Shown:
    """A message as a contact's phone shows it."""
    return Shown(
        platform_id=message.sid,
        text=message.body,
        choices=tuple(label for label, _ in message.choices),
        choice_ids=tuple(choice_id.removeprefix(PAYLOAD) for _, choice_id in message.choices),
        file=message.files[0].content if message.files else None,
    )


def package_of(platform: TwilioPlatform) -> ModuleType:
    """The plugin's package, with the simulator's clock and a time limit that a test can wait for."""

    def create_plugin(settings: Settings, host: Host) -> Plugin:
        return WhatsApp(settings, host, clock=platform.clock, rhythm=Rhythm(call=timedelta(seconds=1.2)))

    return package_like(whatsapp, create_plugin)


@asynccontextmanager
async def open_twilio(plugin_url: str, menu: Content | None = None) -> AsyncIterator[TwilioHarness]:
    """Start a Twilio that delivers to the plugin at `plugin_url`."""
    webhook_url = f"{plugin_url}/webhooks/{CHANNEL}"
    platform = TwilioPlatform(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        number=f"whatsapp:{NUMBER}",
        clock=Clock(),
    )
    platform.hooks.webhook_url = platform.account.callback_url = webhook_url
    async with platform:
        yield TwilioHarness(platform, menu)
