"""Guichet: routes each new conversation to the right team, and lets people answer it from their own chat."""

__version__ = "0.1.0"
