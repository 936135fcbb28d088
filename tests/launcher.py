"""Runs the bot with plugins of the tests: `launcher.py --config FILE --data DIR --plugins PACKAGE...`."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the bot until it is told to stop, and return its exit code."""
    from bot import commands
    from bot.loader import PluginCatalog

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--plugins", nargs="+", required=True, help="the first package that has one wins")
    given = parser.parse_args()
    options = commands.Options(config=given.config, data=given.data, log_level="INFO", log_format="text")
    return commands.run(options, PluginCatalog(tuple(given.plugins)))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
