"""`${NAME}` in strings: taken from the environment, and from a `.env` file beside config.toml."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from bot.config.problems import KeyPath

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def read_environment(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Put the process's environment over the `.env` file that stands beside config.toml.

    Args:
        path: config.toml.
        environ: the process's environment; it wins.

    Raises:
        OSError: there is a `.env` file, and it cannot be read.
    """
    try:
        content = (path.parent / ".env").read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return dict(environ)
    text = content.decode("utf-8-sig", errors="replace")
    # Without interpolation: a token may hold a dollar sign.
    found = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None} | dict(environ)


@dataclass(slots=True, kw_only=True)
class Substitution:
    """The values of a file with its variables filled in.

    Attributes:
        values: the same tables; a variable that is missing stays as it was written.
        used: what was filled in where: variable and value.
        missing: the variables that the environment lacks, by where they are used.
    """

    values: dict[str, Any] = field(default_factory=dict)
    used: dict[KeyPath, dict[str, str]] = field(default_factory=dict)
    missing: dict[KeyPath, tuple[str, ...]] = field(default_factory=dict)


def substitute(values: Mapping[str, Any], environ: Mapping[str, str]) -> Substitution:
    """Fill in every variable of every string."""
    result = Substitution()

    def filled(value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: filled(part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [filled(part, (*path, index)) for index, part in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        names = dict.fromkeys(_REFERENCE.findall(value))
        if used := {name: environ[name] for name in names if name in environ}:
            result.used[path] = used
        if missing := tuple(name for name in names if name not in environ):
            result.missing[path] = missing
        return _REFERENCE.sub(lambda found: environ.get(found[1], found[0]), value)

    result.values = filled(dict(values), ())
    return result
