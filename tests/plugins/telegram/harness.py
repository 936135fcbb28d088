"""Telegram as the conformance suite drives it: asked for updates, or calling the webhook."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Literal

import msgspec

from bot.api import ChatRef, Host, Location, Plugin, SharedContact, TeamChat
from plugins import telegram
from plugins.telegram import Settings, Telegram, Timing
from plugins.telegram.outgoing import MARKS
from plugins.telegram.webhook import secret_of
from tests.conformance.harness import Delivery, Failure, Said, Shown, ShownOn, ShownThread
from tests.conformance.host import RecordingHost
from tests.conformance.simulated import SimulatedHarness, package_like
from tests.simulators.telegram import TOKEN, TelegramPlatform
from tests.simulators.telegram_chats import Payload, Stored
from tests.simulators.telegram_people import People, user
from tests.simulators.telegram_updates import Trouble

CHANNEL = "telegram"
GROUP = -1001000000001
WRONG_TOKEN = "7000002:token-that-was-never-right"

TIMING = Timing(
    connect_s=2.0,
    answer_s=1.0,
    upload_s=5.0,
    poll_s=5,
    unconfirmed_s=0.02,
    retry_s=0.05,
    look_s=0.05,
    topics_burst=100,
)
"""As the plugin's own, but short."""

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
POLLED = frozenset({Delivery.GENUINE, Delivery.UNKNOWN, Delivery.WITH_FILE, Delivery.IN_THREAD})
"""What reaches a plugin that asks: nobody else can answer it."""


class TelegramHarness(SimulatedHarness[TelegramPlatform]):
    """One bot with a group that has topics.

    Args:
        platform: the running simulator.
        mode: how updates come.
    """

    channel = CHANNEL
    chat = ChatRef(CHANNEL, "4001")
    other_chat = ChatRef(CHANNEL, "4002")
    group = ChatRef(CHANNEL, str(GROUP))
    team_chats = (TeamChat(chat=group, title="Support"),)
    secrets = (TOKEN, TOKEN.partition(":")[2], secret_of(TOKEN))
    wrong_secrets = (WRONG_TOKEN, WRONG_TOKEN.partition(":")[2])
    token_key = "token"
    troubles = TROUBLES
    failures = frozenset(Failure)

    def __init__(self, platform: TelegramPlatform, mode: Literal["polling", "webhook"]) -> None:
        super().__init__(platform)
        self.people = People(platform)
        self.package = self._package()
        self.deliveries = POLLED if mode == "polling" else frozenset(Delivery)
        self.retry_after = timedelta(seconds=platform.retry_after_s)
        self.moved_to = str(platform.moved_to)
        self._mode: Literal["polling", "webhook"] = mode
        self._said: dict[str, Payload] = {}
        self._hosts: list[RecordingHost] = []
        group = platform.chats.group(GROUP, "Support")
        for number in (4001, 4002):
            platform.chats.private(number)
            self.people.join(group, user(number))

    def table(self) -> dict[str, Any]:
        """The right token."""
        return {"api_url": self.platform.url, "token": TOKEN, "mode": self._mode}

    def name_of(self, chat: ChatRef) -> int:
        """The chat's number."""
        return int(chat.chat_id)

    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Let somebody write; the same key is the same update again."""
        update = self._said.get(said.key) or self._update(said)
        self._said[said.key] = update
        if delivery is Delivery.UNKNOWN:
            update = {"update_id": update["update_id"], "poll": {"id": "1", "question": said.text}}
        if self._mode == "webhook":
            return await self._push(update, delivery)
        tried, number = self._tries(), update["update_id"]
        self.platform.queue(update)
        # Asked for again, and refused again: an update whose storing only takes long is asked for, too.
        return await self.platform.until(
            lambda: 200 if number not in self.platform.waiting else 503 if self._tries() > tried + 1 else None
        )

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Press a button; its answer is the line to show."""
        there = self.platform.chats.chats[self.name_of(chat)]
        message = there.messages[int(shown.platform_id)]
        (label,) = [each["text"] for each in message.buttons if each["callback_data"] == choice_id]
        person = user(int(chat.chat_id) if int(chat.chat_id) > 0 else 4001)
        return await self.people.told(self.people.press(person, there, message, label))

    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """What the simulator's people see."""
        return [self._shown(message) for message in self.platform.chats.chats[self.name_of(chat)].ours]

    async def shown_on(self, chat: ChatRef, message_id: str) -> ShownOn:
        """The bot's reaction, which may be a mark."""
        reaction = self.platform.chats.chats[self.name_of(chat)].messages[int(message_id)].reaction
        marks = {emoji: mark for mark, emoji in MARKS.items()}
        return ShownOn(reaction=reaction, mark=marks.get(reaction))

    async def threads(self, group: ChatRef) -> Sequence[ShownThread]:
        """The topics."""
        return [
            ShownThread(thread_id=str(topic.topic_id), title=topic.title, is_open=topic.is_open)
            for topic in self.platform.chats.chats[self.name_of(group)].topics.values()
        ]

    def _package(self) -> ModuleType:
        """The plugin's package, with times that a test can wait for."""

        def create_plugin(settings: Settings, host: Host) -> Plugin:
            assert isinstance(host, RecordingHost)
            self._hosts.append(host)
            return Telegram(settings, host, timing=TIMING, clock=lambda: datetime.now(UTC))

        return package_like(telegram, create_plugin)

    def _tries(self) -> int:
        return len(self._hosts[-1].attempts)

    def _update(self, said: Said) -> Payload:
        person = user(4002 if said.chat == self.other_chat else 4001)
        chat = self.platform.chats.chats[self.name_of(said.chat)]
        more: Payload = {"text": said.text}
        if said.file is not None:
            file_id = self.platform.chats.keep_file("photo", said.file)
            size = {"file_id": file_id, "file_unique_id": "u", "width": 9, "height": 9}
            more = {"caption": said.text, "photo": [{**size, "file_size": len(said.file)}]}
        if said.chat.thread_id is not None:
            more |= {"message_thread_id": int(said.chat.thread_id), "is_topic_message": True}
        message = self.platform.chats.put(chat, person, **more).payload
        return {"update_id": 100 + len(self._said), "message": message}

    async def _push(self, update: Payload, delivery: Delivery) -> int:
        secret: str | None = self.platform.webhook["secret_token"]
        match delivery:
            case Delivery.FORGED:
                secret = "x" * 64
            case Delivery.UNSIGNED:
                secret = None
            case Delivery.MALFORMED:
                update = {"message": update["message"]}
            case Delivery.OVERSIZED:
                update = {**update, "message": {**update["message"], "text": "x" * (6 * 1024 * 1024)}}
            case _:
                pass
        return await self.platform.push(msgspec.json.encode(update), secret=secret)

    def _shown(self, message: Stored) -> Shown:
        answered = message.payload.get("reply_to_message", {})
        return Shown(
            platform_id=str(message.message_id),
            text=message.text,
            choices=tuple(button["text"] for button in message.buttons),
            choice_ids=tuple(button["callback_data"] for button in message.buttons),
            thread_id=None if message.topic is None else str(message.topic),
            reply_to=str(answered.get("message_id", "")),
            file=message.content,
            location=Location(**place) if (place := message.payload.get("location")) else None,
            shared_contact=(
                SharedContact(name=card["first_name"], phone=card["phone_number"])
                if (card := message.payload.get("contact"))
                else None
            ),
        )


@asynccontextmanager
async def open_telegram(mode: Literal["polling", "webhook"]) -> AsyncIterator[TelegramHarness]:
    """Start a platform with one bot."""
    async with TelegramPlatform() as platform:
        yield TelegramHarness(platform, mode)
