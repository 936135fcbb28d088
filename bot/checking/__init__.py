"""Judging a whole config.toml: what the file says, what its answers recognise, and its examples."""

from bot.checking.checking import CheckReport, check

__all__ = ["CheckReport", "check"]
