"""Where platforms are found by name; importing one is put off until its channel asks for it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import ConfigDict

from bot.api import ChannelSettings, ConfigurationError, Host, Plugin


class PluginBroken(ConfigurationError):
    """A plugin that cannot be used; the text names it and says why. Trying again changes nothing.

    Attributes:
        name: the plugin's name.
    """

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"the plugin {name!r} cannot be used: {why}")
        self.name = name


class PluginUnknown(PluginBroken):
    """There is no plugin of this name."""


class UnreadSettings(ChannelSettings):
    """A channel's table whose plugin is broken: every key is taken, none is understood.

    It lets the rest of config.toml be read, and the other channels run.
    """

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """What a plugin exports.

    Attributes:
        name: the platform's name.
        settings: the model of its table in config.toml.
        create: makes a plugin from such settings and a host; does no I/O.
    """

    name: str
    settings: type[ChannelSettings]
    create: Callable[[Any, Host], Plugin]


class PluginCatalog:
    """The platforms that can be connected: the packages under a few parent packages.

    Args:
        prefixes: parent packages; the first one that has a name wins. A package whose name begins
            with `_` is shared code, not a platform.
    """

    def __init__(self, prefixes: Sequence[str] = ("plugins",)) -> None:
        self._prefixes = tuple(prefixes)
        self._packages: dict[str, str] | None = None
        self._loaded: dict[str, LoadedPlugin | PluginBroken] = {}

    def names(self) -> tuple[str, ...]:
        """The platforms' names, in alphabetical order; imports none of them.

        Raises:
            ImportError: a parent package does not exist.
        """
        return tuple(self._find())

    def load(self, name: str) -> LoadedPlugin:
        """Import a plugin and look at what it exports; the second time this is a look-up.

        Raises:
            PluginUnknown: there is none of this name.
            PluginBroken: it cannot be imported, or does not export what it must.
        """
        if name not in self._find():
            known = ", ".join(self.names()) or "none"
            raise PluginUnknown(name, f"there is no such folder; known are: {known}")
        if name not in self._loaded:
            self._loaded[name] = self._import(name)
        loaded = self._loaded[name]
        if isinstance(loaded, PluginBroken):
            raise loaded
        return loaded

    def settings_by_plugin(self) -> Mapping[str, type[ChannelSettings]]:
        """Each platform's settings model by its name.

        Looking one up imports that platform and no other. A broken plugin has `UnreadSettings`; what is
        wrong with it is raised by `load`, and told by `broken`.
        """
        return _SettingsByPlugin(self)

    def broken(self) -> Mapping[str, PluginBroken]:
        """What is wrong with the plugins that were asked for and could not be loaded, by name."""
        return {name: loaded for name, loaded in self._loaded.items() if isinstance(loaded, PluginBroken)}

    def _find(self) -> Mapping[str, str]:
        """The full package name of every platform, sorted by platform."""
        if self._packages is None:
            found: dict[str, str] = {}
            for prefix in self._prefixes:
                for module in pkgutil.iter_modules(importlib.import_module(prefix).__path__):
                    if module.ispkg and not module.name.startswith("_"):
                        found.setdefault(module.name, f"{prefix}.{module.name}")
            self._packages = dict(sorted(found.items()))
        return self._packages

    def _import(self, name: str) -> LoadedPlugin | PluginBroken:
        try:
            module = importlib.import_module(self._find()[name])
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a plugin's fault stays its own
            broken = PluginBroken(name, f"its import failed with {type(error).__name__}: {error}")
            broken.__cause__ = error
            return broken
        return _exports(name, module)


def _exports(name: str, module: ModuleType) -> LoadedPlugin | PluginBroken:
    """Check that `module` exports what a plugin must."""
    settings = getattr(module, "Settings", None)
    create = getattr(module, "create_plugin", None)
    if settings is None:
        return PluginBroken(name, "it does not export Settings")
    if not (isinstance(settings, type) and issubclass(settings, ChannelSettings)):
        return PluginBroken(name, "its Settings is no subclass of bot.api.ChannelSettings")
    if create is None:
        return PluginBroken(name, "it does not export create_plugin")
    if not callable(create):
        return PluginBroken(name, "its create_plugin cannot be called")
    return LoadedPlugin(name=name, settings=settings, create=create)


class _SettingsByPlugin(Mapping[str, type[ChannelSettings]]):
    """The catalog seen as settings models; lazy, one import for each look-up."""

    def __init__(self, catalog: PluginCatalog) -> None:
        self._catalog = catalog

    def __getitem__(self, name: str) -> type[ChannelSettings]:
        try:
            return self._catalog.load(name).settings
        except PluginUnknown:
            raise KeyError(name) from None
        except PluginBroken:
            return UnreadSettings

    def __contains__(self, name: object) -> bool:
        return name in self._catalog.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalog.names())

    def __len__(self) -> int:
        return len(self._catalog.names())
