"""The Graph API as the conformance suite drives it, for either platform."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from bot.api import ChannelSettings, ChatRef, Host, Plugin
from plugins import instagram, messenger
from plugins._meta.plugin import Pace
from tests.conformance.harness import Delivery, Failure, Said, Shown, ShownOn
from tests.conformance.simulated import SimulatedHarness, package_like
from tests.simulators.graph import EchoTime, GraphPlatform
from tests.simulators.graph_account import GraphAccount
from tests.simulators.graph_rules import INSTAGRAM, PAGE, Answer, Rules
from tests.simulators.graph_troubles import Trouble
from tests.simulators.graph_world import Person, Post

TOKEN = "EAAtoken-of-the-page"
APP_SECRET = "secret-of-the-app"
VERIFY_TOKEN = "word-of-the-console"
WRONG_TOKEN = "EAAtoken-that-was-never-right"
ACCOUNT_ID = "1100001"
ANN, BOB = "71000001", "71000002"

PACE = Pace(
    call_time=timedelta(seconds=1),
    upload_time=timedelta(seconds=2),
    stall_time=timedelta(seconds=2),
    echo_time=timedelta(seconds=0.1),
    flush_every=timedelta(seconds=0.05),
)

TROUBLES = {
    Failure.RATE_LIMITED: Trouble.RATE_LIMITED,
    Failure.SERVER_ERROR: Trouble.SERVER_ERROR,
    Failure.HANG: Trouble.HANG,
    Failure.DROP: Trouble.DROP,
    Failure.GARBAGE: Trouble.GARBAGE,
    Failure.REJECTED: Trouble.REJECTED,
    Failure.CHAT_GONE: Trouble.UNAVAILABLE,
    Failure.REVOKED: Trouble.REVOKED,
}


def package_of(platform: ModuleType, maker: type[Any]) -> ModuleType:
    """A plugin's package, whose plugins have a pace that a test can wait for."""

    def create_plugin(settings: ChannelSettings, host: Host) -> Plugin:
        plugin: Plugin = maker(settings, host, clock=lambda: datetime.now(UTC), pace=PACE)
        return plugin

    return package_like(platform, create_plugin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the platforms behind the Graph API.

    Attributes:
        channel: the channel's name in the tests.
        rules: the simulator's.
        package: the plugin's.
        account_key: the key that names the account.
    """

    channel: str
    rules: Rules
    package: ModuleType
    account_key: str


MESSENGER = Kind(
    channel="messenger",
    rules=PAGE,
    package=package_of(messenger, messenger.Messenger),
    account_key="page_id",
)
INSTAGRAM_DIRECT = Kind(
    channel="instagram",
    rules=INSTAGRAM,
    package=package_of(instagram, instagram.Instagram),
    account_key="account_id",
)


KINDS = (MESSENGER, INSTAGRAM_DIRECT)


def table_of(kind: Kind, platform: GraphPlatform) -> dict[str, Any]:
    """The channel's table in config.toml."""
    return {
        kind.account_key: ACCOUNT_ID,
        "page_token": TOKEN,
        "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN,
        "api_url": platform.url,
    }


def new_platform(kind: Kind) -> GraphPlatform:
    """A platform with two people who have just written."""
    account = GraphAccount(rules=kind.rules, account_id=ACCOUNT_ID, token=TOKEN, app_secret=APP_SECRET)
    account.subscribed = set(SUBSCRIBED)
    platform = GraphPlatform(account=account)
    for person_id, first, last in ((ANN, "Ann", "Example"), (BOB, "Bob", "Sample")):
        profile = {
            "first_name": first,
            "last_name": last,
            "name": f"{first} {last}",
            "username": first.lower(),
        }
        person = Person(person_id=person_id, profile=profile, last_at=platform.now())
        platform.world.people[person_id] = person
    return platform


SUBSCRIBED = ("messages", "messaging_postbacks", "message_echoes")


class GraphHarness(SimulatedHarness[GraphPlatform]):
    """One account.

    Args:
        kind: which platform.
        platform: the running simulator.
    """

    secrets = (TOKEN, APP_SECRET, VERIFY_TOKEN)
    wrong_secrets = (WRONG_TOKEN,)
    token_key = "page_token"
    troubles = TROUBLES
    failures = frozenset({*TROUBLES, Failure.WRONG_CREDENTIALS, Failure.UNREACHABLE, Failure.SLOW})
    deliveries = frozenset(Delivery) - {Delivery.IN_THREAD}
    patience = timedelta(seconds=5)

    def __init__(self, kind: Kind, platform: GraphPlatform) -> None:
        super().__init__(platform)
        self.kind = kind
        self.package = kind.package
        self.channel = kind.channel
        self.chat = ChatRef(kind.channel, ANN)
        self.other_chat = ChatRef(kind.channel, BOB)
        self.retry_after = timedelta(minutes=platform.regain_minutes)

    def table(self) -> dict[str, Any]:
        """The right credentials."""
        return table_of(self.kind, self.platform)

    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Push a webhook with one message."""
        message: Answer = {"mid": f"m_{said.key}", "text": said.text}
        if said.file is not None:
            self.platform.world.files[said.key] = said.file
            url = f"{self.platform.url}/cdn/{said.key}"
            message["attachments"] = [{"type": "image", "payload": {"url": url}}]
        if delivery is Delivery.UNKNOWN:
            game = {"game_play": {"game_id": "1", "score": 3}}
            return await self.platform.push(self.platform.said(said.chat.chat_id, {}, **game))
        is_received = delivery in {Delivery.GENUINE, Delivery.WITH_FILE}
        # What is refused did not happen: the platform's own list of messages must not show it.
        event = self.platform.said(said.chat.chat_id, message if is_received else {})
        batch = self.platform.batch({**event, "message": message})
        raw, signature = self.platform.signed(batch)
        match delivery:
            case Delivery.FORGED:
                signature = self.platform.signed({**batch, "object": "something else"})[1]
            case Delivery.UNSIGNED:
                return await self.platform.push_raw(raw, signature=None)
            case Delivery.MALFORMED:
                raw, signature = self.platform.signed("cut")
            case Delivery.OVERSIZED:
                raw, signature = self.platform.signed({**batch, "more": "x" * (6 * 1024 * 1024)})
            case _:
                pass
        return await self.platform.push_raw(raw, signature=signature)

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Press a quick reply; the line for whoever pressed it comes as a message a moment later."""
        before = len(self.platform.shown(chat.chat_id))
        message = {"mid": f"m_{key}", "text": "Support", "quick_reply": {"payload": choice_id}}
        await self.platform.push(self.platform.said(chat.chat_id, message))
        posts = await self.platform.until(lambda: self.platform.shown(chat.chat_id)[before:])
        return posts[0].text

    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """What the simulator's people see."""
        return [_shown(post) for post in self.platform.shown(chat.chat_id)]

    async def shown_on(self, chat: ChatRef, message_id: str) -> ShownOn:
        """Our reaction to what a person wrote."""
        return ShownOn(reaction=self.platform.world.heard[message_id].reaction)


def _shown(post: Post) -> Shown:
    return Shown(
        platform_id=post.mid,
        text=post.text,
        choices=tuple(reply["title"] for reply in post.quick_replies),
        choice_ids=tuple(reply["payload"] for reply in post.quick_replies),
        reply_to=post.reply_to,
        file=post.file,
    )


@asynccontextmanager
async def open_graph(
    plugin_url: str, kind: Kind, echoes: EchoTime = EchoTime.BEFORE
) -> AsyncIterator[GraphHarness]:
    """Start a platform that delivers to a plugin's webhook."""
    platform = new_platform(kind)
    platform.webhook_url = f"{plugin_url}/webhooks/{kind.channel}"
    platform.echoes = echoes
    # The suite counts every event, and a name that is learnt later is one; names have tests of their own.
    platform.account.is_profile_open = False
    async with platform:
        yield GraphHarness(kind, platform)
