"""Runs the sections that are named, or all of them, and prints their figures as one table."""

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType

import tests.bench
from tests.bench import Figure


def sections() -> dict[str, ModuleType]:
    """Every module of this package that has a `run`, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in names if name != "__main__"}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def table(rows: Iterable[tuple[str, Figure]]) -> str:
    """Write figures as aligned lines: section, name, value, unit, note."""
    cells = [
        (section, figure.name, _number(figure.value), figure.unit, figure.note) for section, figure in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(_line(row, widths) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    section, name, value, unit, note = (
        cell.rjust(width) if column == 2 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"{section}  {name}  {value} {unit}  {note}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benches.

    Returns:
        The exit code.
    """
    available = sections()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("section", nargs="*", help=f"one or more of: {', '.join(available)}; none: all")
    chosen: list[str] = parser.parse_args(arguments).section or list(available)
    unknown = [name for name in chosen if name not in available]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(available)}")
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores")
    print(table([(name, figure) for name in chosen for figure in available[name].run()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
