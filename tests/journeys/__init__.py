"""Journeys through the real process, over its command line, HTTP and WebSockets."""
