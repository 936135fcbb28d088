"""Instagram's table in config.toml."""

from plugins._meta.settings import AccountId, GraphSettings


class Settings(GraphSettings):
    """What `[channels.instagram]` may say.

    Attributes:
        account_id: the id of the professional account, which is not the id of its page.
    """

    needed = ("account_id", "page_token", "app_secret")

    account_id: AccountId = ""

    @property
    def account(self) -> str:
        """The professional account."""
        return self.account_id
