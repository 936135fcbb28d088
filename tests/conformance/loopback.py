"""The loopback platform as the conformance suite drives it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any

from bot.api import ChatRef, Location, Mark, SharedContact, TextUnit
from tests.conformance.harness import Delivery, Failure, Said, Shown, ShownOn, ShownThread
from tests.conformance.simulated import SimulatedHarness
from tests.platforms import loopback
from tests.platforms.loopback import Settings
from tests.simulators.loopback import LoopbackPlatform, Trouble
from tests.simulators.loopback_rooms import Post, Rooms, Rules

TOKEN = "token-of-the-loopback-account"
SECRET = "secret-of-the-loopback-webhooks"
WRONG_TOKEN = "token-that-was-never-right"

FULL: dict[str, Any] = {
    "text_limit": 1001,
    "text_unit": "utf16",
    "idempotent": True,
    "findable": True,
    "posts_at_once": 8,
}
"""Settings of a platform that can do everything."""

BARE: dict[str, Any] = {
    "text_limit": 160,
    "text_unit": "bytes",
    "caption_limit": 0,
    "choices": 0,
    "media": (),
    **dict.fromkeys(("group_chats", "threads", "thread_states", "edits", "deletes"), False),
    **dict.fromkeys(("reactions", "marks", "quotes", "typing", "references"), False),
    **dict.fromkeys(("locations", "shared_contacts"), False),
}
"""Settings of a platform that can carry short texts."""

TROUBLES = {
    Failure.RATE_LIMITED: Trouble.RATE_LIMITED,
    Failure.SERVER_ERROR: Trouble.SERVER_ERROR,
    Failure.HANG: Trouble.HANG,
    Failure.DROP: Trouble.DROP,
    Failure.GARBAGE: Trouble.GARBAGE,
    Failure.REJECTED: Trouble.REJECTED,
    Failure.CHAT_GONE: Trouble.CHAT_GONE,
    Failure.THREAD_GONE: Trouble.THREAD_GONE,
    Failure.CHAT_MOVED: Trouble.CHAT_MOVED,
    Failure.REVOKED: Trouble.WRONG_TOKEN,
}


class LoopbackHarness(SimulatedHarness[LoopbackPlatform]):
    """One loopback platform with these abilities.

    Args:
        platform: the running simulator.
        abilities: settings that differ from the plugin's own defaults.
        package: the plugin's package.
    """

    channel = "loopback"
    chat = ChatRef("loopback", "ann")
    other_chat = ChatRef("loopback", "bob")
    secrets = (TOKEN, SECRET)
    wrong_secrets = (WRONG_TOKEN,)
    token_key = "token"
    troubles = TROUBLES
    failures = frozenset(Failure)
    deliveries = frozenset(Delivery)
    patience = timedelta(seconds=5)

    def __init__(
        self, platform: LoopbackPlatform, abilities: dict[str, Any], package: ModuleType = loopback
    ) -> None:
        super().__init__(platform)
        self.package = package
        self.retry_after = timedelta(seconds=platform.retry_after_s)
        self.moved_to = platform.moved_to
        self._abilities = abilities
        if abilities.get("group_chats", True):
            self.group = ChatRef("loopback", "team")

    def table(self) -> dict[str, Any]:
        """The right token, and a timeout that a test can wait for."""
        url = self.platform.url
        return {"api_url": url, "token": TOKEN, "secret": SECRET, "timeout_s": 1.0, **self._abilities}

    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Push a webhook."""
        event = {**self._event(said), "type": "message", "message": f"m-{said.key}", "text": said.text}
        if said.file is not None:
            file = self.platform.rooms.keep_file(said.file)["file"]
            event["files"] = [{"file": file, "kind": "photo", "mime": "image/jpeg", "size": len(said.file)}]
        self.platform.rooms.hear(event)
        body, signature = self.platform.signed(event)
        match delivery:
            case Delivery.FORGED:
                signature = self.platform.signed({**event, "text": "something else"})[1]
            case Delivery.UNSIGNED:
                return (await self.platform.push_raw(body, signature=None))[0]
            case Delivery.MALFORMED:
                body, signature = self.platform.signed({"type": "message", "text": said.text})
            case Delivery.UNKNOWN:
                body, signature = self.platform.signed({**event, "type": "poll"})
            case Delivery.OVERSIZED:
                body, signature = self.platform.signed({**event, "text": "x" * (6 * 1024 * 1024)})
            case Delivery.GENUINE | Delivery.WITH_FILE | Delivery.IN_THREAD:
                pass
        return (await self.platform.push_raw(body, signature=signature))[0]

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Push the webhook of a pressed button; its answer is the line to show."""
        event = self._event(Said(key=key, chat=chat))
        press = {**event, "type": "button", "choice": choice_id, "message": shown.platform_id}
        _, answer = await self.platform.push(press)
        return str(answer.get("notice", ""))

    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """What the simulator's people see."""
        return [self._shown(post) for post in self.platform.rooms.shown(chat.chat_id)]

    async def shown_on(self, chat: ChatRef, message_id: str) -> ShownOn:
        """What the simulator's people see on what they wrote."""
        heard = self.platform.rooms.heard[chat.chat_id, message_id]
        return ShownOn(reaction=heard.reaction, mark=Mark(heard.mark) if heard.mark else None)

    async def threads(self, group: ChatRef) -> Sequence[ShownThread]:
        """The simulator's threads."""
        return [
            ShownThread(thread_id=thread.thread_id, title=thread.title, is_open=thread.is_open)
            for thread in self.platform.rooms.threads.values()
            if thread.chat == group.chat_id
        ]

    def _event(self, said: Said) -> dict[str, Any]:
        return {
            "event": f"e-{said.key}",
            "chat": said.chat.chat_id,
            "thread": said.chat.thread_id or "",
            "at": 1_790_000_000.5,
            "sender": {"id": f"person-{said.chat.chat_id}", "name": "Ann Example", "first_name": "Ann"},
        }

    def _shown(self, post: Post) -> Shown:
        return Shown(
            platform_id=post.post_id,
            text=post.text,
            choices=tuple(choice["label"] for choice in post.choices),
            choice_ids=tuple(choice["id"] for choice in post.choices),
            thread_id=post.thread or None,
            reply_to=post.reply_to,
            file=self.platform.rooms.files[post.file] if post.file else None,
            location=Location(**post.place) if post.place else None,
            shared_contact=SharedContact(**post.card) if post.card else None,
        )


@asynccontextmanager
async def open_loopback(
    plugin_url: str, abilities: dict[str, Any], package: ModuleType = loopback
) -> AsyncIterator[LoopbackHarness]:
    """Start a loopback platform that is as strict as these abilities say."""
    declared = Settings.model_validate({"api_url": "", "token": "", "secret": "", **abilities})
    rules = Rules(
        text_limit=declared.text_limit,
        length=TextUnit(declared.text_unit).length,
        choices=declared.choices,
        threads=declared.threads,
        idempotent=declared.idempotent,
    )
    platform = LoopbackPlatform(token=TOKEN, secret=SECRET, rooms=Rooms(rules=rules))
    platform.webhook_url = f"{plugin_url}/webhooks/loopback"
    async with platform:
        yield LoopbackHarness(platform, abilities, package)
