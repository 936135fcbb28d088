"""Tests of what the platforms behind the Graph API share."""
