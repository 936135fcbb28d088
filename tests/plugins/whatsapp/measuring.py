"""How fast signed webhooks are answered: `python -m tests.plugins.whatsapp.measuring`.

By the whole process; or, with `--alone`, by the plugin with a host that only remembers.

Forms arrive at a steady rate, whatever the answers take, while each call of Twilio's API takes 200 ms. A
time is counted from when the form was due, so a server that lags behind is not spared.
"""

import argparse
import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.journeys.process import running as process
from tests.plugins.whatsapp.people import open_platform
from tests.plugins.whatsapp.rig import OURS
from tests.plugins.whatsapp.rig import running as plugin_alone
from tests.simulators.twilio import TwilioPlatform
from tests.simulators.twilio_hooks import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run gave.

    Attributes:
        per_second: forms answered in a second.
        milliseconds: how long each answer took, sorted.
        statuses: how often each HTTP status was answered.
    """

    per_second: float
    milliseconds: Sequence[float]
    statuses: Counter[int]

    def percentile(self, percent: float) -> float:
        """The time that this share of the answers took at most."""
        place = math.ceil(len(self.milliseconds) * percent / 100) - 1
        return self.milliseconds[max(place, 0)]


async def measure(*, rate: float, seconds: float, contacts: int, is_alone: bool) -> Measured:
    """Let so many contacts write so many messages a second in all."""
    with TemporaryDirectory(prefix="guichet-measuring-") as folder:
        if is_alone:
            async with plugin_alone(Path(folder)) as rig:
                return await _pushed(rig.platform, rate=rate, seconds=seconds, contacts=contacts)
        async with open_platform(Path(folder)) as (place, platform):
            platform.delay_s = 0.2
            async with process(place):
                return await _pushed(platform, rate=rate, seconds=seconds, contacts=contacts)


async def _pushed(platform: TwilioPlatform, *, rate: float, seconds: float, contacts: int) -> Measured:
    people = [
        Person(address=f"whatsapp:+3361{number:07}", external_id=f"whatsapp:FR.{number:015}")
        for number in range(contacts)
    ]
    began, took, statuses = perf_counter(), list[float](), Counter[int]()

    async def push(number: int, due: float) -> None:
        hooks = platform.hooks
        form = hooks.message(people[number % contacts], OURS, f"bonjour {number}")
        status, _ = await hooks.push(form)
        took.append((perf_counter() - due) * 1000)
        statuses[status] += 1

    async with asyncio.TaskGroup() as tasks:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(due - perf_counter())
            tasks.create_task(push(number, due))
    return Measured(
        per_second=len(took) / (perf_counter() - began), milliseconds=sorted(took), statuses=statuses
    )


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=300.0, help="forms a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--contacts", type=int, default=300)
    parser.add_argument("--alone", action="store_true", help="the plugin without the bot")
    given = parser.parse_args()
    measured = asyncio.run(
        measure(rate=given.rate, seconds=given.seconds, contacts=given.contacts, is_alone=given.alone)
    )
    print(f"{measured.per_second:.0f} webhooks a second, statuses {dict(measured.statuses)}")
    for percent in (50, 95, 99, 100):
        print(f"p{percent}: {measured.percentile(percent):.1f} ms")


if __name__ == "__main__":
    main()
