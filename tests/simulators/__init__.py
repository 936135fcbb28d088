"""Platforms as real local HTTP servers, strict about what they are sent."""
