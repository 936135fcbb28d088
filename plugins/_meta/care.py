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
        self._say = account.client.say
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
            return [*found, Finding(what=self._say("check_account"), is_ok=False, advice=str(error))]
        title = self._account.network.title
        advice = "" if self._account.is_known else self._say("no_account", title=title)
        found.append(Finding(what=self._say("check_account"), is_ok=not advice, advice=advice))
        found += await self._token_findings()
        found.append(await self._subscription_finding())
        served = ending(self._settings.api_version, self._clock().date(), self._say)
        found.append(Finding(what=self._say("check_version"), is_ok=not served, advice=served))
        return found

    def lack(self) -> str:
        """What must be filled in before anything can be asked; or empty."""
        lacking = self._settings.lacking()
        return self._say("fill_in", keys=", ".join(lacking), channel=self._host.channel) if lacking else ""

    def _complete(self) -> Finding:
        advice = self.lack()
        if not advice and not self._settings.verify_token.get_secret_value():
            advice = self._say("no_verify_token")
        if not advice and not self._host.public_url:
            advice = self._say("no_public_url")
        return Finding(what=self._say("check_settings"), is_ok=not advice, advice=advice)

    async def _token_findings(self) -> list[Finding]:
        try:
            token = await self._facts()
        except PluginError as error:
            return [Finding(what=self._say("check_permissions"), is_ok=False, advice=str(error))]
        if token is None:
            return []
        lacking = self._lacking(token.permissions)
        advice = self._say("lacking", permissions=", ".join(sorted(lacking))) if lacking else ""
        found = [Finding(what=self._say("check_permissions"), is_ok=not lacking, advice=advice)]
        if token.ends_at is not None:
            ends = self._say("ends", day=token.ends_at.date())
            is_ok = token.is_valid and token.ends_at - self._clock() > TOKEN_WARNING
            found.append(Finding(what=self._say("check_life"), is_ok=is_ok, advice=ends))
        return found

    def _lacking(self, permissions: frozenset[str]) -> frozenset[str]:
        """What the token may not do and must; nothing where the platform does not say what it may."""
        needed = self._account.network.permissions
        if not permissions or any(each <= permissions for each in needed):
            return frozenset()
        return min((each - permissions for each in needed), key=len)

    async def _subscription_finding(self) -> Finding:
        what = self._say("check_events")
        try:
            await self._learn_app()
            missing = self._account.network.essential_fields - await self._account.subscribed()
        except PluginError as error:
            return Finding(what=what, is_ok=False, advice=str(error))
        if not missing:
            return Finding(what=what, is_ok=True)
        advice = self._say("missing_events", events=", ".join(sorted(missing)))
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
            await self.tell(self._say("subscribed_again"), is_news=True)

    async def _token(self) -> None:
        token = await self._facts()
        if token is None:
            # The platform says nothing of it, so it is tried.
            await self._account.prove()
            return
        if not token.is_valid:
            raise ConfigurationError(self._say("token_dead"))
        if token.ends_at is not None and token.ends_at - self._clock() < TOKEN_WARNING:
            await self.tell(self._say("token_ends", day=token.ends_at.date()))

    async def _version(self) -> None:
        configured, served = self._settings.api_version, self._account.client.served_version
        if words := ending(configured, self._clock().date(), self._say):
            await self.tell(words)
        elif served and served != configured:
            await self.tell(self._say("other_version", served=served, configured=configured))

    async def _learn_app(self) -> None:
        try:
            await self._account.learn_app()
        except PluginError as error:
            _logger.info("%s: the app is not known: %s", self._host.channel, error)

    async def _facts(self) -> Token | None:
        return await self._account.token(self._settings.page_token.get_secret_value())
