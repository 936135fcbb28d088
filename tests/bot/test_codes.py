"""Conversation codes: short, readable aloud, and never two the same."""

import re
from datetime import datetime
from random import Random

from bot.codes import DIGITS, LETTERS, CodeMaker
from tests.bot.building import START

CODE = re.compile(r"[A-HJ-NP-Z][2-9][A-HJ-NP-Z2-9]{0,2}")


def always(_code: str, _now: datetime) -> bool:
    return True


def test_codes_are_short_and_readable() -> None:
    """A code has two characters while there is room, and none of 0, O, 1 and I."""
    maker = CodeMaker(always, Random(1))
    codes = [maker(START) for _ in range(50)]
    assert all(CODE.fullmatch(code) for code in codes)
    assert {len(code) for code in codes} == {2}


def test_a_code_that_is_not_free_is_not_given() -> None:
    """When short codes are taken, longer ones are given, up to four characters."""
    maker = CodeMaker(lambda code, _now: len(code) > 2, Random(2))
    assert len(maker(START)) == 3
    maker = CodeMaker(lambda code, _now: len(code) > 3, Random(3))
    assert len(maker(START)) == 4


def test_a_code_is_given_once_also_before_the_index_knows() -> None:
    """Two turns that are still being written never have the same code."""
    maker = CodeMaker(always, Random(4))
    codes = [maker(START) for _ in range(2_000)]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 4


def test_the_time_is_handed_on() -> None:
    """Whether a code is free is asked for the time of the turn."""
    asked: list[datetime] = []

    def is_free(_code: str, now: datetime) -> bool:
        asked.append(now)
        return True

    CodeMaker(is_free)(START)
    assert asked == [START]


def test_when_no_code_is_free_there_is_one_all_the_same() -> None:
    """With every code in use a conversation still gets one of the right shape."""
    code = CodeMaker(lambda _code, _now: False, Random(5))(START)
    assert CODE.fullmatch(code)
    assert len(code) == 4


def test_the_alphabet_has_nothing_that_looks_alike() -> None:
    """Neither letters nor digits that are mistaken for each other are used."""
    assert not set("01OI") & set(LETTERS + DIGITS)
