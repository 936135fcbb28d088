"""Platforms whose plugins do not behave."""
