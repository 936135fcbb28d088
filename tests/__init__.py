"""Tests of Guichet."""
