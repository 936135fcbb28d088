"""Runs the bot with the tests' platforms beside the real ones, on a machine that the test has in hand.

`launcher.py --config FILE --data DIR --machine FILE`
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLATFORMS = ("plugins", "tests.platforms", "tests.crash.platforms")


def main() -> int:
    """Run the bot until it is told to stop, and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--machine", type=Path, required=True)
    parser.add_argument("--log-level", default="INFO")
    given = parser.parse_args()

    from tests.crash.machine import Ailing, Machine

    Ailing(Machine(given.machine), given.data).take_effect()

    from bot import commands
    from bot.loader import PluginCatalog

    options = commands.Options(
        config=given.config, data=given.data, log_level=given.log_level, log_format="text"
    )
    return commands.run(options, PluginCatalog(PLATFORMS))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
