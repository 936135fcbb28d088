"""Which account and app the token belongs to, as the platform says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.api import ConfigurationError, ConnectionFailed, PluginError
from plugins._meta.client import GraphClient
from plugins._meta.failures import NothingThere, Refused
from plugins._meta.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What the platform says of the token.

    Attributes:
        is_valid: it authorises calls.
        ends_at: when it, or its access to data, ends; None: never.
        permissions: what it is allowed; empty where the platform does not say.
    """

    is_valid: bool
    ends_at: datetime | None
    permissions: frozenset[str]


@dataclass(slots=True)
class Account:
    """The account of one channel.

    Attributes:
        account_id: its id in config.toml.
        app_id: the app's, once it is known.
        is_known: the platform has said which account it is.
        names: the ids and the user names by which the account appears.
    """

    network: Network
    client: GraphClient
    account_id: str
    app_id: str = ""
    is_known: bool = False
    names: frozenset[str] = field(default_factory=frozenset)

    async def prove(self) -> None:
        """Ask whose token it is.

        Raises:
            ConfigurationError: nobody's, or another account's.
            ConnectionFailed: the platform cannot be asked now.
        """
        answer, ids = await self._me()
        if ids and self.account_id not in ids:
            raise ConfigurationError(
                self.client.say(
                    "other_account",
                    key=self.network.account_key,
                    account=self.account_id,
                    found=", ".join(sorted(ids)),
                )
            )
        self.is_known = bool(ids)
        self.names = ids | {self.account_id} | _names(answer)

    async def learn_app(self) -> None:
        """Ask which app the token is from; raises as `GraphClient.ask`."""
        if not self.app_id:
            self.app_id = str((await self.client.ask("app", fields="id")).get("id") or "")

    async def token(self, token: str) -> Token | None:
        """What the platform says of the token; None where it says nothing.

        Raises:
            ConnectionFailed: it cannot be asked now.
        """
        try:
            await self.learn_app()
            answer = await self.client.ask_as_app("debug_token", self.app_id, input_token=token)
        except ConnectionFailed:
            raise
        except PluginError:
            # Also a wrong secret of the app: `prove` has a better word for that.
            return None
        facts = answer.get("data")
        if not isinstance(facts, dict) or "is_valid" not in facts:
            return None
        ends = [at for name in ("expires_at", "data_access_expires_at") if (at := facts.get(name))]
        scopes = facts.get("scopes")
        return Token(
            is_valid=bool(facts["is_valid"]),
            ends_at=datetime.fromtimestamp(min(ends), UTC) if ends else None,
            permissions=frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
        )

    async def subscribed(self) -> frozenset[str]:
        """The events that our app is subscribed to; raises as `GraphClient.ask`."""
        apps = (await self.client.ask(self._subscriptions)).get("data")
        fields: set[str] = set()
        for app in apps if isinstance(apps, list) else ():
            # Another app's subscription is no use to us; before our own id is known, any is taken for ours.
            if isinstance(app, dict) and (not self.app_id or str(app.get("id", "")) == self.app_id):
                fields.update(map(str, app.get("subscribed_fields") or ()))
        return frozenset(fields)

    async def subscribe(self, subscribed: frozenset[str]) -> None:
        """Subscribe to all events that we need, beside those that are subscribed; raises as `ask`."""
        try:
            await self._subscribe(subscribed | self.network.subscribed_fields)
        except Refused as error:
            # An account behind a page has the page's events; the others are the app's to subscribe to.
            if not error.is_about_fields or self.network.essential_fields <= subscribed:
                raise
            await self._subscribe(subscribed | self.network.essential_fields)

    @property
    def _subscriptions(self) -> str:
        return f"{self.network.subscription_node.format(account_id=self.account_id)}/subscribed_apps"

    async def _subscribe(self, fields: frozenset[str]) -> None:
        await self.client.change(self._subscriptions, subscribed_fields=",".join(sorted(fields)))

    async def _me(self) -> tuple[Mapping[str, Any], frozenset[str]]:
        """What the platform says of the account, and its ids there; asked in each way that it may know."""
        lost: Refused | NothingThere | None = None
        for fields in self.network.account_fields:
            try:
                answer = await self.client.ask("me", fields=fields)
            except (Refused, NothingThere) as error:
                lost = error
            else:
                return answer, self.network.account_ids(answer)
        try:
            answer = await self.client.ask(self.account_id, fields="id")
        except Refused as error:
            raise ConfigurationError(str(lost or error)) from error
        return answer, frozenset({str(answer["id"])} if answer.get("id") else ())


def _names(answer: Mapping[str, Any]) -> frozenset[str]:
    """The user names in an answer, wherever they stand."""
    found = [answer.get("username")]
    found += [value.get("username") for value in answer.values() if isinstance(value, dict)]
    return frozenset(name for name in found if isinstance(name, str) and name)
