"""A business with a WhatsApp number in a process of its own, and the people who write to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.house import CONFIG
from tests.journeys.process import Place
from tests.plugins.whatsapp.harness import ACCOUNT, NUMBER, TOKEN, media_url
from tests.plugins.whatsapp.rig import ANN, OURS
from tests.serving import free_port
from tests.simulators.twilio import TwilioPlatform
from tests.simulators.twilio_hooks import Person
from tests.simulators.twilio_messages import File, Message

ANN_ID = "whatsapp:FR.13491208655302741918"
CLEO = Person(address="whatsapp:DE.42", name="Cleo", external_id="whatsapp:DE.42")
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who writes to the business on WhatsApp; Ann, unless said otherwise."""

    platform: TwilioPlatform
    person: Person = ANN

    async def write(self, text: str, **form: str) -> None:
        """Write a message that is delivered at once."""
        hooks = self.platform.hooks
        assert (await hooks.push(hooks.message(self.person, OURS, text) | form))[0] == 200

    async def send_photo(self, caption: str) -> None:
        """Send a photo that lies at Twilio's."""
        hooks, book = self.platform.hooks, self.platform.book
        file = File(sid=book.sid("ME"), content=PHOTO, mime_type="image/jpeg", missing_for=1)
        person = self.person
        heard = book.hear(person.address, OURS, caption, [file], external_id=person.external_id)
        form = hooks.form(heard, person, file_urls=[media_url(self.platform, heard, file)])
        assert (await hooks.push(form | {"MessageType": "image"}))[0] == 200

    async def reads(self, text: str) -> Message:
        """Wait until a message that holds `text` was sent to them."""
        book, address = self.platform.book, self.person.external_id
        await self.platform.until(lambda: any(text in each.body for each in book.shown(address)))
        return next(each for each in book.shown(address) if text in each.body)


def config_of(platform: TwilioPlatform, port: int) -> str:
    """The business of the journeys, with a WhatsApp number."""
    channel = f"""
[channels.whatsapp]
enabled = true
account_sid = "{ACCOUNT}"
auth_token = "{TOKEN}"
number = "{NUMBER}"
api_url = "{platform.url}"

[teams.support]"""
    server = f'port = {port}\npublic_url = "http://127.0.0.1:{port}"'
    return CONFIG.replace("port = 0", server).replace("\n[teams.support]", channel, 1)


@asynccontextmanager
async def open_platform(folder: Path) -> AsyncIterator[tuple[Place, TwilioPlatform]]:
    """A Twilio on today's clock, and a folder whose config.toml has its number."""
    port = free_port()
    platform = TwilioPlatform(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        number=OURS,
        clock=lambda: datetime.now(UTC),
        media_types=frozenset({"image/jpeg", "application/pdf"}),
    )
    platform.hooks.webhook_url = platform.account.callback_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    async with platform:
        place = Place(folder=folder)
        place.write(config_of(platform, port))
        yield place, platform


class Phone:
    """A member's phone."""

    def __init__(self, platform: TwilioPlatform, person: Person) -> None:
        self.platform = platform
        self.person = person

    async def write(self, text: str, **form: str) -> None:
        """Write to the business's number."""
        hooks = self.platform.hooks
        assert (await hooks.push(hooks.message(self.person, OURS, text) | form))[0] == 200

    def shown(self) -> list[Message]:
        """What the business wrote to them, oldest first."""
        return self.platform.book.shown(self.person.address)

    async def reads(self, text: str) -> Message:
        """Wait until they were written something that holds `text`."""
        await self.platform.until(lambda: any(text in each.body for each in self.shown()))
        return next(each for each in self.shown() if text in each.body)
