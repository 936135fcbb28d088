"""Broken plugins, each of which the conformance suite must refuse."""
