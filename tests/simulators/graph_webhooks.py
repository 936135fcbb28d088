"""The webhooks of the Graph API: signed batches of events, and echoes of what the account sent."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import msgspec

from tests.simulators.graph_account import GraphAccount
from tests.simulators.graph_rules import Answer
from tests.simulators.graph_troubles import Trouble
from tests.simulators.graph_world import Person, Post, World
from tests.simulators.server import PlatformServer

SIGNATURE_HEADER = "X-Hub-Signature-256"


@dataclass(slots=True, kw_only=True)
class GraphWebhooks(PlatformServer[Trouble]):
    """The platform's side of the webhook.

    Attributes:
        account: whose webhooks they are.
        webhook_url: where they go.
        world: people, posts, files.
        pushed: the status of every webhook that was delivered.
    """

    account: GraphAccount
    webhook_url: str = ""
    world: World = field(default_factory=World)
    pushed: list[int] = field(default_factory=list)
    _offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The platform's clock."""
        return datetime.now(UTC) + self._offset

    def pass_time(self, time: timedelta) -> None:
        """Move the platform's clock on."""
        self._offset += time

    def said(self, person_id: str, message: Mapping[str, Any], **more: Any) -> Answer:
        """The event of something that a person does now, which opens the window.

        Args:
            person_id: who.
            message: its `message`, empty for other events.
            more: what else stands beside it, as `postback`.
        """
        now = self.now()
        person = self.world.people.setdefault(person_id, Person(person_id=person_id))
        person.last_at = now
        event: Answer = {
            "sender": {"id": person_id},
            "recipient": {"id": self.account.account_id},
            "timestamp": milliseconds(now),
        }
        if message:
            event["message"] = dict(message)
            self.world.hear(person_id, event["message"], now)
        return {**event, **more}

    def batch(self, *events: Mapping[str, Any], entry_id: str = "", name: str = "messaging") -> Answer:
        """A webhook's body with these events."""
        entry = {
            "id": entry_id or self.account.account_id,
            "time": milliseconds(self.now()),
            name: list(events),
        }
        return {"object": self.account.rules.object_name, "entry": [entry]}

    def signed(self, body: Any) -> tuple[bytes, str]:
        """The bytes of a webhook, and its signature."""
        raw = msgspec.json.encode(body)
        return raw, "sha256=" + hmac.new(self.account.app_secret.encode(), raw, hashlib.sha256).hexdigest()

    async def push(self, *events: Mapping[str, Any]) -> int:
        """Deliver a signed webhook with these events, and return the status."""
        raw, signature = self.signed(self.batch(*events))
        return await self.push_raw(raw, signature=signature)

    async def push_raw(self, body: bytes, *, signature: str | None) -> int:
        """Deliver any body with any signature, or none."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers[SIGNATURE_HEADER] = signature
        async with self._http.post(self.webhook_url, data=BytesIO(body), headers=headers) as response:
            await response.read()
            self.pushed.append(response.status)
            return response.status

    def echo_of(self, post: Post, *, app_id: str = "") -> Answer:
        """The event that reports one of the account's messages back."""
        message: Answer = {"mid": post.mid, "is_echo": True, "app_id": int(app_id or self.account.app_id)}
        if post.text:
            message["text"] = post.text
        else:
            message["attachments"] = [{"type": post.kind, "payload": {"url": f"{self.url}/cdn/{post.mid}"}}]
        if post.metadata:
            message["metadata"] = post.metadata
        return {
            "sender": {"id": self.account.account_id},
            "recipient": {"id": post.person_id},
            "timestamp": milliseconds(post.at),
            "message": message,
        }


def milliseconds(at: datetime) -> int:
    """A time as webhooks have it."""
    return round(at.timestamp() * 1000)
