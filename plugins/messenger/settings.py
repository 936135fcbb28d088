"""Messenger's table in config.toml."""

from plugins._meta.settings import AccountId, GraphSettings


class Settings(GraphSettings):
    """What `[channels.messenger]` may say.

    Attributes:
        page_id: the page's id.
    """

    needed = ("page_id", "page_token", "app_secret")

    page_id: AccountId = ""

    @property
    def account(self) -> str:
        """The page."""
        return self.page_id
