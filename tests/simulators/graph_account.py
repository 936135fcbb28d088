"""The page or professional account that the Graph API serves, and what may be asked of it."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.simulators.graph_rules import Answer, Refusal, Rules
from tests.simulators.graph_world import Person, World

VERSION = "v25.0"


@dataclass(slots=True, kw_only=True)
class GraphAccount:
    """One account, and the app that serves it.

    Attributes:
        rules: which platform it is on.
        account_id: its id.
        token: authorises calls for it.
        app_id: the app that the token is from.
        app_secret: signs webhooks, and is in every `appsecret_proof`.
        is_human_agent: the app has the feature.
        subscribed: the events that the app is subscribed to.
        unknown_fields: events that cannot be subscribed to here.
        scopes: the token's permissions.
        token_ends_at: when the token ends; None: never.
        is_profile_open: people's profiles may be asked for.
        is_locale_open: their language too.
        is_conversation_open: conversations may be asked for.
        has_own_login: the account logs in by itself, without a page.
        is_linked: the page has its professional account.
        is_me_open: a token's owner may be asked for.
        is_subscription_open: the token may subscribe.
        is_app_open: the app's id may be asked for.
    """

    rules: Rules
    account_id: str
    token: str
    app_id: str = "77001"
    app_secret: str
    is_human_agent: bool = False
    subscribed: set[str] = field(default_factory=set)
    unknown_fields: set[str] = field(default_factory=set)
    scopes: tuple[str, ...] = (
        "pages_messaging",
        "pages_manage_metadata",
        "instagram_basic",
        "instagram_manage_messages",
    )
    token_ends_at: datetime | None = None
    is_profile_open: bool = True
    is_locale_open: bool = False
    is_conversation_open: bool = True
    has_own_login: bool = False
    is_linked: bool = True
    is_me_open: bool = True
    is_subscription_open: bool = True
    is_app_open: bool = True

    def me(self, query: Answer) -> Answer:
        known = {"id", "name"}
        if self.rules.object_name != "page":
            known |= {"user_id", "username"} if self.has_own_login else {"instagram_business_account"}
        asked = {
            name.partition("{")[0] for name in query.get("fields", "id").replace("{id,", "{id;").split(",")
        }
        if asked - known:
            raise Refusal(400, 100, f"(#100) Tried accessing nonexisting field ({min(asked - known)})")
        if self.rules.object_name == "page":
            return {"id": self.account_id, "name": "Maison Dupont"}
        if self.has_own_login:
            return {"id": f"5{self.account_id}", "user_id": self.account_id, "username": "maison.dupont"}
        page = {"id": f"9{self.account_id}", "name": "Maison Dupont"}
        if not self.is_linked:
            return page
        linked = {"id": self.account_id, "username": "maison.dupont"}
        return {**page, "instagram_business_account": linked}

    def conversations(self, world: World, query: Answer) -> Answer:
        if not self.is_conversation_open:
            raise Refusal(403, 200, "(#200) Requires a permission to manage the object")
        if query.get("platform") != self.rules.platform:
            raise Refusal(400, 100, "(#100) wrong platform")
        return world.conversations(query, own={"id": self.account_id, "name": "Maison Dupont"})

    def profile(self, person: Person, query: Answer) -> Answer:
        if not self.is_profile_open:
            raise Refusal(403, 200, "(#200) Insufficient permission to access user profile")
        asked = set(query.get("fields", "").split(","))
        if asked - self.rules.profile_fields - self.rules.optional_fields:
            raise Refusal(400, 100, "(#100) Tried accessing nonexisting field")
        if asked & self.rules.optional_fields and not self.is_locale_open:
            raise Refusal(400, 100, "(#100) The field needs a permission that the app does not have")
        values = {name: value for name, value in person.profile.items() if name in asked}
        return {**values, "id": person.person_id}

    def subscriptions(self, method: str, body: Answer) -> Answer:
        if not self.is_subscription_open:
            raise Refusal(403, 200, "(#200) Requires pages_manage_metadata permission to manage the object")
        if method == "POST":
            fields = set(body["subscribed_fields"].split(","))
            if fields & self.unknown_fields:
                raise Refusal(
                    400, 100, f"(#100) Param subscribed_fields: {sorted(fields & self.unknown_fields)}"
                )
            self.subscribed = fields
            return {"success": True}
        if not self.subscribed:
            return {"data": []}
        return {
            "data": [{"id": self.app_id, "name": "Guichet", "subscribed_fields": sorted(self.subscribed)}]
        }

    def token_facts(self, now: datetime) -> Answer:
        ends_at = int(self.token_ends_at.timestamp()) if self.token_ends_at is not None else 0
        facts = {
            "app_id": self.app_id,
            "is_valid": self.token_ends_at is None or now < self.token_ends_at,
            "expires_at": ends_at,
            "data_access_expires_at": 0,
            "scopes": list(self.scopes),
        }
        return {"data": facts}
