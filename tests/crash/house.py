"""A shop whose contacts and teams are on loopback platforms, and the real process that serves it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.launcher import ROOT
from tests.crash.machine import Machine
from tests.crash.rooms import ErasableRooms
from tests.journeys.process import Running
from tests.simulators.loopback import LoopbackPlatform

SHOP, DESK, ROGUE = "shop", "desk", "rogue"
SUPPORT, INBOX = "support", "inbox"
POSTS_AT_ONCE = 8
"""How many posts to a team chat may be under way together."""
TOKEN, SECRET = "token-of-the-tests", "secret-of-the-tests"

CONFIG = """\
business = "Dupont"
language = "en"
[server]
port = 0
{channels}
[teams.support]
name = "Support"
chat = "desk:support"
[inbox]
chat = "desk:inbox"
[routing]
welcome = "Hello {{first_name}}.\\n{{menu}}"
error = ["Sorry? {{menu}}"]
assigned = "{{team}} will answer you here."
settle = "{settle}"
first_message = "{first_message}"
[[routing.answers]]
label = "Support"
when = ["1", "help"]
team = "support"
[limits]
messages_per_minute = {per_minute}
bot_messages_per_hour = 100000
"""
CHANNEL = """
[channels.{name}]
enabled = true
plugin = "{plugin}"
api_url = "{url}"
token = "{token}"
secret = "{secret}"
posts_at_once = {at_once}
"""
ROGUE_KEYS = """mood = "{mood}"
flood = {flood}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Two platforms, a third where somebody asks for it, and the folder of the bot between them.

    Attributes:
        folder: config.toml and the data folder are here.
        shop: where contacts write.
        desk: where the team chats are.
        rogue: where other contacts write, through a plugin that does not behave.
        machine: what the process runs on.
    """

    folder: Path
    shop: LoopbackPlatform
    desk: LoopbackPlatform
    rogue: LoopbackPlatform
    machine: Machine

    @property
    def data(self) -> Path:
        """The records."""
        return self.folder / "data"

    def write_config(
        self,
        *,
        settle: str = "0.05s",
        first_message: str = "match",
        per_minute: int = 100_000,
        mood: str = "",
        flood: int = 0,
    ) -> None:
        """Write config.toml.

        Args:
            settle: the pause that ends a burst.
            first_message: whether the first words choose a team at once, or are welcomed.
            per_minute: how many messages of a contact the bot answers.
            mood: how the plugin of a third channel is; empty: there is no such channel.
            flood: how many messages it receives by itself.
        """
        channels = _channel(SHOP, self.shop) + _channel(DESK, self.desk)
        if mood:
            channels += _channel(ROGUE, self.rogue, plugin=ROGUE) + ROGUE_KEYS.format(mood=mood, flood=flood)
        text = CONFIG.format(
            channels=channels, settle=settle, first_message=first_message, per_minute=per_minute
        )
        new = self.folder / "config.toml.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / "config.toml")

    @asynccontextmanager
    async def started(self, *, prefix: Sequence[str] = ()) -> AsyncIterator[Running]:
        """The process, as soon as there is one; what is left of it at the end is killed.

        Args:
            prefix: a command that becomes the process.
        """
        process = await asyncio.create_subprocess_exec(
            *prefix,
            sys.executable,
            str(ROOT / "tests" / "crash" / "launcher.py"),
            *("--config", str(self.folder / "config.toml")),
            *("--data", str(self.data)),
            *("--machine", str(self.machine.path)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        running = Running(process=process)
        running.listen()
        try:
            yield running
        finally:
            await running.end()

    @asynccontextmanager
    async def served(self, *, prefix: Sequence[str] = ()) -> AsyncIterator[Running]:
        """The process, from when it is ready; `prefix` as in `started`."""
        async with self.started(prefix=prefix) as running:
            await running.ready()
            for platform, channel in ((self.shop, SHOP), (self.desk, DESK), (self.rogue, ROGUE)):
                platform.webhook_url = f"{running.url}/webhooks/{channel}"
            yield running


def _channel(name: str, platform: LoopbackPlatform, *, plugin: str = "loopback") -> str:
    keys = {"token": TOKEN, "secret": SECRET, "at_once": POSTS_AT_ONCE}
    return CHANNEL.format(name=name, plugin=plugin, url=platform.url, **keys)


@asynccontextmanager
async def house(folder: Path, *, delay_s: float = 0.0) -> AsyncIterator[House]:
    """The platforms, whose calls take `delay_s` each, with a config.toml that names two of them."""
    async with (
        LoopbackPlatform(token=TOKEN, secret=SECRET, delay_s=delay_s) as shop,
        LoopbackPlatform(token=TOKEN, secret=SECRET, delay_s=delay_s) as desk,
        LoopbackPlatform(token=TOKEN, secret=SECRET, rooms=ErasableRooms()) as rogue,
    ):
        built = House(
            folder=folder, shop=shop, desk=desk, rogue=rogue, machine=Machine(folder / "machine.json")
        )
        built.write_config()
        yield built
