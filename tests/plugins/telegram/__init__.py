"""Telegram, with the SDK, against the simulated platform."""
