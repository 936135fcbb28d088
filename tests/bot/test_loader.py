"""Platforms are found by name, imported when asked for, and checked for what they must export."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.api import ChannelSettings, ConfigurationError
from bot.loader import PluginBroken, PluginCatalog, PluginUnknown, UnreadSettings

GOOD = """
from bot.api import ChannelSettings

class Settings(ChannelSettings):
    token: str = ""

def create_plugin(settings, host):
    raise AssertionError
"""


class Folder:
    """A parent package in a folder that Python looks into."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._path = path / name
        self._path.mkdir()
        (self._path / "__init__.py").touch()

    def add(self, plugin: str, source: str) -> None:
        (self._path / plugin).mkdir()
        (self._path / plugin / "__init__.py").write_text(source)

    def is_imported(self, plugin: str) -> bool:
        return f"{self.name}.{plugin}" in sys.modules


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Folder]:
    """A parent package of its own for each test, so that no import is remembered from another."""
    name = f"platforms_{abs(hash(request.node.nodeid))}"
    sys.path.insert(0, str(tmp_path))
    yield Folder(tmp_path, name)
    sys.path.remove(str(tmp_path))
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def test_names(folder: Folder, tmp_path: Path) -> None:
    """A platform is a package; shared code and single files are none."""
    folder.add("zulu", GOOD)
    folder.add("alfa", GOOD)
    folder.add("_shared", GOOD)
    (tmp_path / folder.name / "single.py").write_text(GOOD)
    catalog = PluginCatalog([folder.name])
    assert catalog.names() == ("alfa", "zulu")
    assert not folder.is_imported("alfa")


def test_shipped_plugins() -> None:
    """Every plugin that is shipped can be loaded."""
    catalog = PluginCatalog()
    assert catalog.names()
    for name in catalog.names():
        assert issubclass(catalog.load(name).settings, ChannelSettings)


def test_first_prefix_wins(folder: Folder, tmp_path: Path) -> None:
    """Of two platforms with one name the first parent's is taken."""
    second = Folder(tmp_path, f"{folder.name}_second")
    folder.add("alfa", GOOD)
    second.add("alfa", "raise RuntimeError")
    second.add("bravo", GOOD)
    catalog = PluginCatalog([folder.name, second.name])
    assert catalog.names() == ("alfa", "bravo")
    assert catalog.load("alfa").settings.__module__ == f"{folder.name}.alfa"


def test_only_what_is_asked_for_is_imported(folder: Folder) -> None:
    """Looking up one platform's settings imports that one."""
    folder.add("alfa", GOOD)
    folder.add("bravo", GOOD)
    settings = PluginCatalog([folder.name]).settings_by_plugin()
    assert list(settings) == ["alfa", "bravo"]
    assert len(settings) == 2
    assert "bravo" in settings
    assert "token" in settings["alfa"].model_fields
    assert folder.is_imported("alfa")
    assert not folder.is_imported("bravo")


def test_unknown(folder: Folder) -> None:
    """An unknown name is refused with the names there are, and is not imported from elsewhere."""
    folder.add("alfa", GOOD)
    catalog = PluginCatalog([folder.name])
    with pytest.raises(PluginUnknown, match="known are: alfa"):
        catalog.load("os.path")
    assert catalog.settings_by_plugin().get("bravo") is None


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import nothing_of_this_name", "its import failed with ModuleNotFoundError: No module named"),
        ("def broken(:", "its import failed with SyntaxError"),
        ("raise SystemExit(1)", "its import failed with SystemExit"),
        ("create_plugin = print", "it does not export Settings"),
        ("class Settings: pass\ncreate_plugin = print", "no subclass of bot.api.ChannelSettings"),
        ("Settings = 5\ncreate_plugin = print", "no subclass of bot.api.ChannelSettings"),
        ("from bot.api import ChannelSettings as Settings", "it does not export create_plugin"),
        (GOOD + "\ncreate_plugin = 5", "its create_plugin cannot be called"),
    ],
)
def test_broken(folder: Folder, source: str, why: str) -> None:
    """A plugin that cannot be used says why, by name, and the others can be used."""
    folder.add("alfa", source)
    folder.add("bravo", GOOD)
    catalog = PluginCatalog([folder.name])
    for _ in range(2):
        with pytest.raises(PluginBroken, match="'alfa' cannot be used") as caught:
            catalog.load("alfa")
        assert why in str(caught.value)
        assert isinstance(caught.value, ConfigurationError)
    assert catalog.load("bravo").name == "bravo"
    assert list(catalog.broken()) == ["alfa"]


def test_settings_of_a_broken_plugin(folder: Folder) -> None:
    """A broken plugin's table is taken as it is, so that the rest of the file can be used."""
    folder.add("alfa", "raise RuntimeError('x')")
    settings = PluginCatalog([folder.name]).settings_by_plugin()["alfa"]
    assert settings is UnreadSettings
    assert settings.model_validate({"enabled": True, "token": "t"}).enabled
