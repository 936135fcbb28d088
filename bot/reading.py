"""config.toml as a start, a reload and every command read it: judged whole, its variables filled in."""

from collections.abc import Mapping
from pathlib import Path

from bot.checking import CheckReport, check
from bot.config import read_environment
from bot.loader import PluginCatalog


def read_config(path: Path, catalog: PluginCatalog, environ: Mapping[str, str]) -> CheckReport:
    """Read and judge config.toml; called in a thread where there is an event loop.

    Raises:
        OSError: the `.env` file beside it cannot be read.
    """
    return check(
        path,
        settings_by_plugin=catalog.settings_by_plugin(),
        environ=read_environment(path, environ),
    )
