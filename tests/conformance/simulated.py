"""What harnesses of simulated platforms have in common, and packages whose plugins are made otherwise."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import ModuleType
from typing import Any, Generic, TypeVar

from bot.api import ChannelSettings, ChatRef, Plugin
from tests.conformance.harness import Failure, Harness
from tests.serving import free_port
from tests.simulators.server import PlatformServer

PlatformT = TypeVar("PlatformT", bound=PlatformServer[Any])


class SimulatedHarness(Harness, Generic[PlatformT]):
    """A harness whose platform is one of the simulators.

    Args:
        platform: the running simulator.

    Attributes:
        troubles: the simulator's troubles, for the failures that are answers to a call.
        token_key: the key of the token, for which the first of `wrong_secrets` is wrong.
    """

    troubles: Mapping[Failure, StrEnum]
    token_key: str

    def __init__(self, platform: PlatformT) -> None:
        self.platform = platform

    @abstractmethod
    def table(self) -> dict[str, Any]:
        """The channel's table in config.toml, with the right credentials."""

    def name_of(self, chat: ChatRef) -> str | int:
        """What the simulator calls a chat."""
        return chat.chat_id

    def settings(self, **more: Any) -> ChannelSettings:
        """The right credentials, and what else is given."""
        settings: ChannelSettings = self.package.Settings.model_validate({**self.table(), **more})
        return settings

    def wrong_settings(self) -> ChannelSettings:
        """Another token."""
        return self.settings(**{self.token_key: self.wrong_secrets[0]})

    def unreachable_settings(self) -> ChannelSettings:
        """A port that was free a moment ago."""
        return self.settings(api_url=f"http://127.0.0.1:{free_port()}")

    async def go_dark(self) -> None:
        """Stop the simulator."""
        await self.platform.stop_serving()

    def fail_next(self, failure: Failure) -> None:
        """Queue the simulator's trouble of the same kind."""
        self.platform.fail_next(self.troubles[failure])

    def hold(self, chat: ChatRef) -> None:
        """Let the simulator hold what goes to the chat."""
        self.platform.hold(self.name_of(chat))

    def release(self, chat: ChatRef) -> None:
        """Let the simulator go on."""
        self.platform.release(self.name_of(chat))


def package_like(
    package: ModuleType,
    create_plugin: Callable[..., Plugin],
    *,
    settings: type[ChannelSettings] | None = None,
) -> ModuleType:
    """A plugin's package, but for how its plugins are made and, where given, its settings."""
    made = ModuleType(package.__name__)
    made.__path__ = package.__path__
    vars(made).update(Settings=settings or package.Settings, create_plugin=create_plugin)
    return made
