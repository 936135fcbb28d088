"""How often cycles are looked for."""

import gc

import pytest

from bot.store.collector import collecting_seldom, not_collecting


def test_seldom_is_for_a_while() -> None:
    """Cycles are looked for less often meanwhile, and as often as before afterwards, also after a fault."""
    before = gc.get_threshold()
    with collecting_seldom():
        assert gc.get_threshold()[0] > before[0]
        assert gc.isenabled()
    assert gc.get_threshold() == before
    with pytest.raises(RuntimeError), collecting_seldom():
        raise RuntimeError
    assert gc.get_threshold() == before


def test_not_at_all_is_for_a_while() -> None:
    """Nothing is looked for meanwhile; who had it off before finds it off."""
    with not_collecting():
        assert not gc.isenabled()
        with not_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
