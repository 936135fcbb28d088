"""Platforms that only tests connect."""
