"""How the Telegram simulator delivers updates: asked for and confirmed, or by calling a webhook."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from itertools import count
from typing import Any

import msgspec
from aiohttp import ClientError, web

from tests.simulators.server import PlatformServer
from tests.simulators.telegram_chats import Payload, Refusal

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Trouble(StrEnum):
    """What the platform can do instead of answering a call well.

    Attributes:
        RATE_LIMITED: 429 with `retry_after`.
        SERVER_ERROR: 500 with a body; nothing was done.
        BAD_GATEWAY: 502 with a page of HTML; nothing was done.
        HANG: nothing was done and no answer comes.
        GARBAGE: the call was carried out, and the answer is a page of HTML.
        DROP: the connection is closed after the call was carried out.
        LATE: the call is carried out, and answered once the updates that it made are confirmed.
        REJECTED: 400, for good.
        CHAT_GONE: 403, the bot was blocked.
        THREAD_GONE: 400, the topic is gone.
        CHAT_MOVED: 400 with `migrate_to_chat_id`.
        GENERAL_CLOSED: 400, the General section is closed, and the bot is no admin.
        WRONG_TOKEN: 401, as after the token was revoked.
        TERMINATED: 409, as when another program asks for updates.
    """

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    HANG = "hang"
    GARBAGE = "garbage"
    DROP = "drop"
    LATE = "late"
    REJECTED = "rejected"
    CHAT_GONE = "chat_gone"
    THREAD_GONE = "thread_gone"
    CHAT_MOVED = "chat_moved"
    GENERAL_CLOSED = "general_closed"
    WRONG_TOKEN = "wrong_token"
    TERMINATED = "terminated"


@dataclass(slots=True, kw_only=True)
class Updates(PlatformServer[Trouble]):
    """Everything that happened and was not confirmed yet.

    Attributes:
        retry_after_s: what a 429 of `RATE_LIMITED` names.
        moved_to: the new id that `CHAT_MOVED` names.
        webhook: what `setWebhook` set last.
        waiting: the updates that are not confirmed yet, by number.
    """

    retry_after_s: int = 7
    moved_to: int = -1009999
    webhook: Payload = field(default_factory=dict)
    waiting: dict[int, Payload] = field(default_factory=dict)
    _handed_out: set[int] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(500))
    _next_updates: deque[Trouble] = field(default_factory=deque)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _asking: int = 0

    def fail_updates(self, *troubles: Trouble) -> None:
        """Give the next requests for updates these troubles, one each, in order."""
        self._next_updates.extend(troubles)

    def emit(self, kind: str, body: Payload) -> int:
        """Let something happen; the number of its update."""
        update_id = next(self._numbers)
        self.queue({"update_id": update_id, kind: msgspec.json.decode(msgspec.json.encode(body))})
        return update_id

    def queue(self, update: Payload) -> None:
        """Deliver an update, or one with the same number again, as after a confirmation that was lost."""
        if self.webhook.get("url"):
            self._spawn(self._push_until_taken(update))
            return
        self._handed_out.discard(update["update_id"])
        self.waiting[update["update_id"]] = update
        self._spawn(self._tell())

    async def push(self, body: bytes, *, secret: str | None) -> int:
        """Deliver any body to the webhook, with any secret or none; the status of the answer."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"} | (
            {SECRET_HEADER: secret} if secret is not None else {}
        )
        async with self._http.post(self.webhook["url"], data=BytesIO(body), headers=headers) as response:
            return response.status

    async def _push_until_taken(self, update: Payload) -> None:
        body = msgspec.json.encode(update)
        while not self._over.is_set():
            try:
                if await self.push(body, secret=self.webhook.get("secret_token")) == web.HTTPOk.status_code:
                    break
            except (ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.05)  # as the platform waits before it delivers again
        await self._tell()

    def turn_webhook(self, method: str, call: Payload) -> Any:
        """Set, end or describe the webhook; None for other methods."""
        match method:
            case "setWebhook":
                if not call["url"].startswith(("https://", "http://127.0.0.1")):
                    raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
                self.webhook = call
                waiting, self.waiting = self.waiting, {}
                for update in waiting.values():
                    self.queue(update)
                return True
            case "deleteWebhook":
                self.webhook = {}
                return True
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "pending_update_count": len(self.waiting)}
            case _:
                return None

    async def updates(self, call: Payload) -> list[Payload]:
        """Confirm what lies before the offset, and hand out what comes from it on, or wait for it."""
        if self.webhook.get("url"):
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first",
            )
        trouble = self._next_updates.popleft() if self._next_updates else None
        if trouble is Trouble.HANG:
            await self._over.wait()
        if trouble is not None:
            raise self.refusal(trouble)
        self._asking += 1
        me = self._asking
        if "offset" in call:
            for number in [number for number in self._handed_out if number < int(call["offset"])]:
                self._handed_out.discard(number)
                self.waiting.pop(number, None)
        await self._tell()
        if not self.waiting and int(call.get("timeout", 0)):
            try:
                async with asyncio.timeout(int(call["timeout"])), self.news:
                    await self.news.wait_for(
                        lambda: self.waiting or self._over.is_set() or self._asking != me
                    )
            except TimeoutError:
                return []
        if self._asking != me:
            raise self.refusal(Trouble.TERMINATED)
        batch = [self.waiting[number] for number in sorted(self.waiting)][: int(call.get("limit", 100))]
        self._handed_out |= {update["update_id"] for update in batch}
        return batch

    def refusal(self, trouble: Trouble) -> Refusal:
        """What a trouble is answered with."""
        match trouble:
            case Trouble.RATE_LIMITED:
                text = f"Too Many Requests: retry after {self.retry_after_s}"
                return Refusal(429, text, retry_after=self.retry_after_s)
            case Trouble.REJECTED:
                return Refusal(400, "Bad Request: message text is empty")
            case Trouble.CHAT_GONE:
                return Refusal(403, "Forbidden: bot was blocked by the user")
            case Trouble.THREAD_GONE:
                return Refusal(400, "Bad Request: message thread not found")
            case Trouble.GENERAL_CLOSED:
                return Refusal(400, "Bad Request: TOPIC_CLOSED")
            case Trouble.CHAT_MOVED:
                text = "Bad Request: group chat was upgraded to a supergroup chat"
                return Refusal(400, text, migrate_to_chat_id=self.moved_to)
            case Trouble.WRONG_TOKEN:
                return Refusal(401, "Unauthorized")
            case Trouble.TERMINATED:
                text = (
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance"
                )
                return Refusal(409, f"{text} is running")
            case _:
                return Refusal(500, "Internal Server Error")

    def _spawn(self, call: Any) -> None:
        task = asyncio.ensure_future(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
