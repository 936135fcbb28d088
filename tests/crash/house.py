"""A shop whose contacts and teams are on loopback platforms, and the real process that serves it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.launcher import ROOT
from tests.journeys.process import Running
from tests.simulators.loopback import LoopbackPlatform

SHOP, DESK = "shop", "desk"
SUPPORT, INBOX = "support", "inbox"
TOKEN, SECRET = "token-of-the-tests", "secret-of-the-tests"

CONFIG = """\
business = "Dupont"
language = "en"
[server]
port = 0
[channels.shop]
enabled = true
plugin = "loopback"
api_url = "{shop}"
token = "{token}"
secret = "{secret}"
[channels.desk]
enabled = true
plugin = "loopback"
api_url = "{desk}"
token = "{token}"
secret = "{secret}"
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
[[routing.answers]]
label = "Support"
when = ["1", "help"]
team = "support"
[limits]
messages_per_minute = 100000
bot_messages_per_hour = 100000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Two platforms, and the folder of the bot between them.

    Attributes:
        folder: config.toml and the data folder are here.
        shop: where contacts write.
        desk: where the team chats are.
    """

    folder: Path
    shop: LoopbackPlatform
    desk: LoopbackPlatform

    @property
    def data(self) -> Path:
        """The records."""
        return self.folder / "data"

    def write_config(self, *, settle: str = "0.05s") -> None:
        """Write config.toml."""
        text = CONFIG.format(
            shop=self.shop.url, desk=self.desk.url, token=TOKEN, secret=SECRET, settle=settle
        )
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Running]:
        """The process, from when it is ready; what is left of it at the end is killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "tests" / "crash" / "launcher.py"),
            *("--config", str(self.folder / "config.toml")),
            *("--data", str(self.data)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        running = Running(process=process)
        running.listen()
        try:
            await running.said("ready in")
            await running.logged("listening on")
            for platform, channel in ((self.shop, SHOP), (self.desk, DESK)):
                platform.webhook_url = f"{running.url}/webhooks/{channel}"
            yield running
        finally:
            await running.end()


@asynccontextmanager
async def house(folder: Path, *, delay_s: float) -> AsyncIterator[House]:
    """The platforms, whose calls take `delay_s` each, with a config.toml that names them."""
    async with (
        LoopbackPlatform(token=TOKEN, secret=SECRET, delay_s=delay_s) as shop,
        LoopbackPlatform(token=TOKEN, secret=SECRET, delay_s=delay_s) as desk,
    ):
        built = House(folder=folder, shop=shop, desk=desk)
        built.write_config()
        yield built
