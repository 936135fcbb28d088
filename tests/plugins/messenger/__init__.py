"""Tests of the Messenger plugin."""
