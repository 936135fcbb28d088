"""What recognising a message of 60 characters costs, with 10 entries and with 5,000."""

import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

from bot.matching import Matcher, Option, Stage
from tests.bench import Figure

_SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeiou"]
_SMALL = ("1", "support", "aide", "panne", "2", "ventes", "devis", "rendez-vous", "Saint-Étienne", "facture")
_BY_WORDS = "Bonjour, je voudrais prendre rendez-vous demain à l'agence !"
_ASCII = "Hello, I would like to fix a rendez-vous in the shop, please"
_NOTHING = "Bonjour, je souhaite savoir où est garée ma petite auto bleu"
_MISTYPED = "Bonjour, je voudrais prendre rendz vouss demain à l'agence !"


def entries(count: int) -> list[str]:
    """The small configuration's entries, and made-up names of places up to `count`."""
    chance = random.Random(count)
    made_up: dict[str, None] = dict.fromkeys(_SMALL)
    while len(made_up) < count:
        name = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5)))
        prefix = chance.choices(["", "saint ", "la ", "nouveau "], weights=[6, 2, 1, 1])[0]
        made_up[f"{prefix}{name}"] = None
    return list(made_up)


_WANTED_US = {("by words", 10): 20.0, ("by words", 5_000): 40.0, ("with mistakes", 5_000): 200.0}


def matcher(count: int, *, fuzzy: bool) -> Matcher:
    """A matcher of `count` entries, ten to an option."""
    names = entries(count)
    options = [
        Option(
            index=index,
            label="",
            number=None,
            entries=tuple(names[index * 10 : index * 10 + 10]),
            target=str(index),
            line=index,
        )
        for index in range(count // 10)
    ]
    return Matcher(options, fuzzy=fuzzy, language="fr")


def run() -> list[Figure]:
    """Measure matching."""
    figures: list[Figure] = []
    for count in (10, 5_000):
        fuzzy, exact = matcher(count, fuzzy=True), matcher(count, fuzzy=False)
        cases: list[tuple[str, Matcher, str, Stage | None]] = [
            ("by words", fuzzy, _BY_WORDS, Stage.WORDS),
            ("by words, ASCII only", fuzzy, _ASCII, Stage.WORDS),
            ("nothing, mistakes off", exact, _NOTHING, None),
            ("with mistakes", fuzzy, _MISTYPED, Stage.FUZZY),
            ("nothing, mistakes on", fuzzy, _NOTHING, None),
            ("a number", fuzzy, "le 2 svp", Stage.NUMBER),
        ]
        for name, subject, text, stage in cases:
            match = subject.match(text).match
            if (match.stage if match else None) is not stage:
                raise RuntimeError(f"{text!r} was meant to match at {stage}, not {match}")
            figures.append(
                Figure(
                    name=f"{name}, {count:,} entries",
                    value=_median_us(partial(subject.match, text)),
                    unit="µs",
                    note=f"{len(text)} characters",
                    at_most=_WANTED_US.get((name, count)),
                )
            )
    big = matcher(5_000, fuzzy=True)
    figures.append(
        Figure(
            name="match 100,000 characters",
            value=_median_us(partial(big.match, _NOTHING * 1_667), calls=5),
            unit="µs",
            note="5,000 entries, mistakes on",
        )
    )
    figures.append(
        Figure(
            name="build",
            value=_median_us(partial(matcher, 5_000, fuzzy=True), calls=1) / 1e3,
            unit="ms",
            note="5,000 entries",
        )
    )
    figures.append(Figure(name="memory", value=_memory_mb(), unit="MB", note="5,000 entries"))
    return figures


def _median_us(call: Callable[[], object], *, calls: int = 200, rounds: int = 15) -> float:
    """The median over rounds of a call's mean time, in microseconds."""
    means = []
    for _ in range(rounds):
        begun = time.thread_time()  # other programs use this machine too
        for _ in range(calls):
            call()
        means.append((time.thread_time() - begun) / calls)
    return statistics.median(means) * 1e6


def _memory_mb() -> float:
    tracemalloc.start()
    kept = matcher(5_000, fuzzy=True)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size / 1e6
