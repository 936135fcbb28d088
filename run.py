"""Guichet's entry point: options and sub-commands, and nothing else."""

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot import __version__, commands
from bot.desk.asking import USUAL, read_period

DEFAULTS = {"config": Path("config.toml"), "data": Path("data"), "log_level": "INFO", "log_format": "text"}


def parser() -> argparse.ArgumentParser:
    """The command line; the common options stand before or behind the command."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", type=Path, metavar="FILE", help="the settings (config.toml)")
    common.add_argument("--data", type=Path, metavar="DIR", help="the folder of records (data)")
    common.add_argument("--log-level", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    common.add_argument("--log-format", choices=["text", "json"])
    top = argparse.ArgumentParser(
        prog="run.py",
        parents=[common],
        description="Routes customer chats to the right team. Without a command, it runs.",
    )
    top.add_argument("--version", action="version", version=f"Guichet {__version__}")
    names = top.add_subparsers(dest="command", metavar="COMMAND")
    checking = names.add_parser("check", parents=[common], help="report every problem of config.toml")
    checking.add_argument("--connect", action="store_true", help="also ask each platform about its rights")
    trying = names.add_parser("try", parents=[common], help="play a new contact's messages, without network")
    trying.add_argument("texts", nargs="+", metavar="TEXT")
    trying.add_argument("--json", action="store_true", help="print one JSON object for each text")
    counting = names.add_parser("stats", parents=[common], help="print the figures, and draw them")
    counting.add_argument("--since", type=period, default=USUAL, metavar="7d", help="how far back (7d)")
    counting.add_argument("--png", type=Path, metavar="FILE", help="write the picture here")
    for name, text in (("export", "print everything held on one contact"), ("forget", "erase one contact")):
        about = names.add_parser(name, parents=[common], help=text)
        about.add_argument("contact", metavar="CONTACT", help="channel:id")
    return top


def period(text: str) -> timedelta:
    """Read the period of `--since`."""
    found = read_period(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no period; write 7d, 24h or 30")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit code."""
    given = vars(parser().parse_args(arguments))
    options = commands.Options(**{name: given.get(name, default) for name, default in DEFAULTS.items()})
    match given["command"]:
        case "check":
            return commands.check(options, connect=given["connect"])
        case "try":
            return commands.try_(options, given["texts"], as_json=given["json"])
        case "stats":
            return commands.stats(options, given["since"], given["png"])
        case "export":
            return commands.export(options, given["contact"])
        case "forget":
            return commands.forget(options, given["contact"])
        case _:
            return commands.run(options)


if __name__ == "__main__":
    sys.exit(main())
