"""Rooms of every kind, answered from by people, over the real core and in-memory platforms."""
