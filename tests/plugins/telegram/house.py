"""A business on Telegram: its customers, two teams and an inbox in groups with topics, and its process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession

from tests.journeys.process import PATIENCE_S, Place, Running, running
from tests.simulators.telegram import TOKEN, TelegramPlatform
from tests.simulators.telegram_chats import Chat, Payload
from tests.simulators.telegram_people import People, user

SUPPORT, SALES, INBOX = -1001000000001, -1001000000002, -1001000000003
ANN, BOB = user(11, "Ann"), user(12, "Bob")
"""Members of both teams."""

CONFIG = """\
business = "Maison Dupont"
language = "en"
[server]
port = {port}
{server}
[channels.telegram]
enabled = true
token = "{token}"
api_url = "{url}"
mode = "{mode}"
[teams.support]
name = "Support"
chat = "telegram:{support}"
[teams.sales]
name = "Sales"
chat = "telegram:{sales}"
[inbox]
chat = "telegram:{inbox}"
[routing]
welcome = "Welcome to {{business}}, {{first_name}}!\\n{{menu}}"
error = ["Sorry? {{menu}}"]
assigned = "{{team}} will answer you here."
settle = "0.05s"
[[routing.answers]]
label = "Support"
when = ["1", "help"]
team = "support"
[[routing.answers]]
label = "Sales"
when = ["2", "quote"]
team = "sales"
[limits]
messages_per_minute = 100000
bot_messages_per_hour = 100000
"""


@dataclass(slots=True, kw_only=True)
class House:
    """The platform, the folder of the process, and everybody.

    Attributes:
        platform: the running simulator.
        place: where config.toml and the data are.
        people: whoever acts on the platform.
        support: the group of one team.
        sales: the group of the other.
        inbox: the group of the inbox.
    """

    platform: TelegramPlatform
    place: Place
    people: People = field(init=False)
    support: Chat = field(init=False)
    sales: Chat = field(init=False)
    inbox: Chat = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.platform)
        chats = self.platform.chats
        self.support = chats.group(SUPPORT, "Support")
        self.sales = chats.group(SALES, "Sales")
        self.inbox = chats.group(INBOX, "Inbox")
        for group in (self.support, self.sales, self.inbox):
            for member in (ANN, BOB):
                self.people.join(group, member)

    def write_config(self, *, mode: str = "polling", server: str = "", port: int = 0) -> None:
        """Write config.toml."""
        config = CONFIG.format(
            token=TOKEN,
            url=self.platform.url,
            mode=mode,
            server=server,
            port=port,
            support=SUPPORT,
            sales=SALES,
            inbox=INBOX,
        )
        self.place.write(config)

    @asynccontextmanager
    async def served(self, *arguments: str) -> AsyncIterator[Running]:
        """The process, from when it is ready."""
        async with running(self.place, *arguments) as process:
            yield process

    async def calm(self, process: Running) -> None:
        """Wait until all is sent and written down, as it is by the time that people answer."""
        async with asyncio.timeout(PATIENCE_S), ClientSession() as http:
            while True:
                async with http.get(f"{process.url}/health") as answer:
                    if not (await answer.json())["outbox"]["pending"]:
                        return
                await asyncio.sleep(0.02)

    def chat_of(self, person: Payload) -> Chat:
        """A customer's chat with the bot."""
        return self.platform.chats.private(person["id"], person["first_name"])

    async def routed(self, person: Payload, answer: str = "help") -> None:
        """Let a customer come, be welcomed, and be given to a team."""
        self.people.write(person, "hello")
        await self.people.sees(self.chat_of(person), "Welcome")
        self.people.write(person, answer)
        await self.people.sees(self.chat_of(person), "will answer you here")


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Start the platform, and write a config.toml that names it."""
    async with TelegramPlatform() as platform:
        built = House(platform=platform, place=Place(folder=folder))
        built.write_config()
        yield built
