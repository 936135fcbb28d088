"""What the channel sees to by itself each day: its subscription, its token, its version."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.api import ConfigurationError, Finding, Host, PluginError
from plugins._meta.account import Account, Token
from plugins._meta.settings import GraphSettings
from plugins._meta.versions import ending

_logger = logging.getLogger(__name__)

TOKEN_WARNING = timedelta(days=14)


class Care:
    """What looks after one account, and says what people must see to.

    Args:
        host: told what to post in the inbox.
        account: the account.
        settings: the channel's table.
        clock: the time now.
    """

    def __init__(
        self, host: Host, account: Account, settings: GraphSettings, *, clock: Callable[[], datetime]
    ) -> None:
        self._host = host
        self._account = account
        self._settings = settings
        self._clock = clock
        self._told: set[str] = set()

    async def look(self) -> None:
        """See to everything once.

        Raises:
            ConfigurationError: the token is dead.
        """
        for part in (self._version, self._subscription, self._token):
            try:
                await part()
            except ConfigurationError as error:
                await self.tell(str(error))
                if part == self._token:
                    raise
            except PluginError as error:
                _logger.info("%s: its care was put off: %s", self._host.channel, error)

    async def tell(self, text: str, *, is_news: bool = False) -> None:
        """Post a line in the inbox, the same one once unless it is news each time."""
        if text in self._told and not is_news:
            return
        try:
            await self._host.alert(f"{self._account.network.title} ({self._host.channel}): {text}")
        except OSError:
            _logger.warning("%s: an alert could not be kept: %s", self._host.channel, text)
        else:
            self._told.add(text)

    async def findings(self) -> Sequence[Finding]:
        """The lines of `check --connect`, in the order in which they are worth reading."""
        found = [self._complete()]
        if not found[0].is_ok:
            return found
        try:
            await self._account.prove()
        except PluginError as error:
            return [*found, Finding(what="token and account", is_ok=False, advice=str(error))]
        advice = "" if self._account.is_known else f"the token names no {self._account.network.title} account"
        found.append(Finding(what="token and account", is_ok=not advice, advice=advice))
        found += await self._token_findings()
        found.append(await self._subscription_finding())
        served = ending(self._settings.api_version, self._clock().date())
        found.append(Finding(what="version of the API", is_ok=not served, advice=served))
        return found

    def missing(self) -> list[str]:
        """The keys of the table that are empty and must not be."""
        settings = self._settings
        keys = {
            self._account.network.account_key: settings.account,
            "page_token": settings.page_token.get_secret_value(),
            "app_secret": settings.app_secret.get_secret_value(),
        }
        return [name for name, value in keys.items() if not value]

    def _complete(self) -> Finding:
        missing = self.missing()
        if missing:
            return Finding(what="settings", is_ok=False, advice=f"fill in {', '.join(missing)}")
        if not self._settings.verify_token.get_secret_value():
            advice = "fill in verify_token, and write the same word in the developer console"
            return Finding(what="settings", is_ok=False, advice=advice)
        if not self._host.public_url:
            advice = "fill in server.public_url: the platform delivers messages to it, over https"
            return Finding(what="settings", is_ok=False, advice=advice)
        return Finding(what="settings", is_ok=True)

    async def _token_findings(self) -> list[Finding]:
        try:
            token = await self._facts()
        except PluginError as error:
            return [Finding(what="permissions", is_ok=False, advice=str(error))]
        if token is None:
            return []
        lacking = self._lacking(token.permissions)
        advice = (
            f"the token lacks {', '.join(sorted(lacking))}; make a new one that has it" if lacking else ""
        )
        found = [Finding(what="permissions", is_ok=not lacking, advice=advice)]
        if token.ends_at is not None:
            ends = f"it ends on {token.ends_at:%Y-%m-%d}"
            is_ok = token.is_valid and token.ends_at - self._clock() > TOKEN_WARNING
            found.append(Finding(what="life of the token", is_ok=is_ok, advice=ends))
        return found

    def _lacking(self, permissions: frozenset[str]) -> frozenset[str]:
        """What the token may not do and must; nothing where the platform does not say what it may."""
        needed = self._account.network.permissions
        if not permissions or any(each <= permissions for each in needed):
            return frozenset()
        return min((each - permissions for each in needed), key=len)

    async def _subscription_finding(self) -> Finding:
        what = "subscribed events"
        try:
            await self._learn_app()
            missing = self._account.network.essential_fields - await self._account.subscribed()
        except PluginError as error:
            return Finding(what=what, is_ok=False, advice=str(error))
        if not missing:
            return Finding(what=what, is_ok=True)
        advice = f"{', '.join(sorted(missing))} are missing; they are subscribed to when the channel starts"
        return Finding(what=what, is_ok=False, advice=advice)

    async def _subscription(self) -> None:
        await self._learn_app()
        subscribed = await self._account.subscribed()
        wanted = self._account.network.subscribed_fields
        if wanted <= subscribed:
            return
        await self._account.subscribe(subscribed)
        _logger.info("%s: subscribed to %s", self._host.channel, ", ".join(sorted(wanted - subscribed)))
        if not subscribed:
            # The platform cuts an app off whose webhook failed for an hour, without a word.
            await self.tell("no webhooks were subscribed to; they are again", is_news=True)

    async def _token(self) -> None:
        token = await self._facts()
        if token is None:
            # The platform says nothing of it, so it is tried.
            await self._account.prove()
            return
        if not token.is_valid:
            raise ConfigurationError("page_token is dead; make a new one")
        if token.ends_at is not None and token.ends_at - self._clock() < TOKEN_WARNING:
            await self.tell(f"page_token ends on {token.ends_at:%Y-%m-%d}; make a new one before")

    async def _version(self) -> None:
        configured, served = self._settings.api_version, self._account.client.served_version
        if words := ending(configured, self._clock().date()):
            await self.tell(words)
        elif served and served != configured:
            await self.tell(
                f"the platform answers as {served}, not as {configured}; write a newer api_version"
            )

    async def _learn_app(self) -> None:
        try:
            await self._account.learn_app()
        except PluginError as error:
            _logger.info("%s: the app is not known: %s", self._host.channel, error)

    async def _facts(self) -> Token | None:
        return await self._account.token(self._settings.page_token.get_secret_value())
