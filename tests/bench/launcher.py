"""Runs the bot with the tests' platform beside the real ones: `launcher.py --config FILE --data DIR`."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run the bot until it is told to stop, and return its exit code."""
    from bot import commands
    from bot.loader import PluginCatalog

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--log-level", default="INFO")
    given = parser.parse_args()
    options = commands.Options(
        config=given.config, data=given.data, log_level=given.log_level, log_format="text"
    )
    return commands.run(options, PluginCatalog(("plugins", "tests.platforms")))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
