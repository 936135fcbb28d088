"""How a broken plugin is written down: what is wrong with it, and which promise must find that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.api import DeliveryReceipt, Host, OutgoingMessage, Plugin, PluginError
from tests.conformance.loopback import FULL
from tests.conformance.simulated import package_like
from tests.platforms import loopback
from tests.platforms.loopback import LoopbackPlugin, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One broken variant of the loopback plugin.

    Attributes:
        promise: the name of the suite's test that must fail.
        reason: what that test must say, as a regular expression.
        create: makes the plugin.
        settings: the package's settings.
        abilities: what the platform can do.
        source: one more module of the package, as text, when the fault is in the source.
    """

    promise: str
    reason: str
    create: Callable[[Settings, Host], Plugin] = LoopbackPlugin
    settings: type[Settings] = Settings
    abilities: Mapping[str, Any] = field(default_factory=lambda: FULL)
    source: str = ""

    def package(self, folder: Path) -> ModuleType:
        """The plugin's package, its own source in `folder`."""
        module = package_like(loopback, self.create, settings=self.settings)
        if self.source:
            (folder / "more.py").write_text(self.source, encoding="utf-8")
            module.__path__ = [str(folder)]
        return module


def mistaking(right: type[PluginError], wrong: Exception) -> type[LoopbackPlugin]:
    """A plugin whose `send` raises `wrong` where it should raise `right`."""

    class Mistaking(LoopbackPlugin):
        async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
            try:
                return await super().send(message)
            except right:
                raise wrong from None

    return Mistaking


def altering(**changes: Callable[[OutgoingMessage], Any]) -> type[LoopbackPlugin]:
    """A plugin that changes these fields of each message before it goes out."""

    class Altering(LoopbackPlugin):
        async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
            values = {name: change(message) for name, change in changes.items()}
            receipt = await super().send(replace(message, **values))
            return replace(receipt, message_id=message.message_id)

    return Altering
