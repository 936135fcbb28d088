"""Runs the sections that are named, or all of them; prints their figures as one table, and draws them."""

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import tests.bench
from tests.bench import Figure, number
from tests.bench.picture import picture

Row = tuple[str, Figure]
"""A section's name, and a figure of it."""


def sections() -> dict[str, ModuleType]:
    """Every module of this package that has a `run`, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in names if name != "__main__"}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def table(rows: Iterable[Row]) -> str:
    """Write figures as aligned lines: section, name, value, unit, what is wanted, note."""
    cells = [
        (section, figure.name, number(figure.value), figure.unit, _wanted(figure), figure.note)
        for section, figure in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(_line(row, widths) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    section, name, value, unit, wanted, note = (
        cell.rjust(width) if column == 2 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"{section}  {name}  {value} {unit}  {wanted}  {note}".rstrip()


def _wanted(figure: Figure) -> str:
    if figure.wanted is None:
        return ""
    sign = "at most" if figure.at_least is None else "at least"
    return f"{sign} {number(figure.wanted)}{'' if figure.is_met else ', MISSED'}"


def machine() -> str:
    """Where the figures were taken, in a few words."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benches.

    Returns:
        The exit code.
    """
    available = sections()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("section", nargs="*", help=f"one or more of: {', '.join(available)}; none: all")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw them here too, as SVG")
    options = parser.parse_args(arguments)
    chosen: list[str] = options.section or list(available)
    unknown = [name for name in chosen if name not in available]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(available)}")
    print(machine(), flush=True)
    rows: list[Row] = [(name, figure) for name in chosen for figure in available[name].run()]
    print(table(rows))
    if options.picture is not None:
        options.picture.write_text(picture(rows, subtitle=machine()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
