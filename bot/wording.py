"""The bot's own words, from bot/locales/<language>.toml; nothing people read is written in code."""

from pathlib import Path

from bot import api

LANGUAGES = ("en", "fr", "es", "it", "pt", "de")
WORDS = api.Languages(Path(__file__).parent / "locales")


class Wording(api.Wording):
    """The bot's words in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(WORDS, language)
