"""The same plugin with a quicker pace, for tests that need many topics at once."""
