"""Tests of the Instagram plugin."""
