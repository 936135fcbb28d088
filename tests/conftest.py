"""What every test has in common."""

import os

import pytest
from hypothesis import settings

# The same examples at every run, so that a run that failed fails again and one that passed passes.
# HYPOTHESIS_PROFILE=explore looks for new ones.
# No example is timed: a machine that is busy makes nothing wrong.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, print_blob=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: most tests wait for something."""
    del config
    return (os.cpu_count() or 1) + 1
