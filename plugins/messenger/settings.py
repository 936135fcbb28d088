"""Messenger's table in config.toml."""

from plugins._meta.settings import AccountId, GraphSettings


class Settings(GraphSettings):
    """What `[channels.messenger]` may say.

    Attributes:
        page_id: the page's id.
    """

    page_id: AccountId = ""

    @property
    def account(self) -> str:
        """The page."""
        return self.page_id
