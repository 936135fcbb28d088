"""Customers on both platforms behind the Graph API, through the whole process, and a web team room."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.journeys.house import ASSIGNED_TO_SALES, CONFIG, WELCOME
from tests.journeys.people import People, people
from tests.journeys.process import Place, Running, running
from tests.plugins.meta.harness import (
    ANN,
    APP_SECRET,
    INSTAGRAM_DIRECT,
    MESSENGER,
    TOKEN,
    Kind,
    new_platform,
    table_of,
)
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_troubles import Trouble
from tests.simulators.graph_world import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A process with a web chat, a page and a professional account."""

    process: Running
    crowd: People
    page: GraphPlatform
    account: GraphPlatform


async def test_customers_are_welcomed_routed_and_answered(tmp_path: Path) -> None:
    """A customer of either platform is welcomed with quick replies, gets to a team, and reads its answer."""
    async with town(tmp_path) as here:
        member = await here.crowd.member("Zoé")
        for platform in (here.page, here.account):
            name = platform.world.people[ANN].profile["first_name"]
            await write(platform, f"hello-{name}", "bonjour")
            (welcome,) = await posts(platform, 1)
            assert welcome.text == WELCOME
            assert [reply["title"] for reply in welcome.quick_replies] == ["Support", "Ventes", "Horaires"]
            await write(platform, f"hours-{name}", "Horaires", payload=welcome.quick_replies[2]["payload"])
            assert (await posts(platform, 2))[-1].text == "De 9 h à 18 h."
            await write(platform, f"sales-{name}", "Ventes", payload=welcome.quick_replies[1]["payload"])
            assert (await posts(platform, 3))[-1].text == ASSIGNED_TO_SALES

            sales = await member.thread("ventes", name)
            await sales.shows("bonjour")
            reply = await sales.write(f"Bonjour {name}, c'est pour quoi ?")
            answer = (await posts(platform, 4))[-1]
            assert answer.text == f"Bonjour {name}, c'est pour quoi ?"
            assert answer.body["messaging_type"] == "RESPONSE"
            await sales.marked(reply, "sent")
            seen = platform.said(ANN, {}, read={"watermark": milliseconds_after(platform), "mid": answer.mid})
            assert await platform.push(seen) == 200
            await sales.marked(reply, "read")

            colleague = Post(
                mid=f"m_suite-{name}",
                person_id=ANN,
                body={"message": {"text": "Je vous appelle"}},
                file=None,
                at=platform.now(),
            )
            assert await platform.push(platform.echo_of(colleague, app_id="263902037430900")) == 200
            await sales.shows("Je vous appelle")
            assert await platform.push(deleted(platform, f"hello-{name}")) == 200
            await sales.shows("a supprimé un message : …")
            assert len(platform.shown(ANN)) == 4
        assert await here.process.stop() == 0
        assert not [line for line in here.process.log if TOKEN in line or APP_SECRET in line]
        assert not [line for line in here.process.log if " ERROR " in line]


async def test_reply_outside_the_window_waits(tmp_path: Path) -> None:
    """A reply that the platform no longer takes is kept, the team is told why, and it goes out in the end."""
    async with town(tmp_path) as here:
        member = await here.crowd.member("Zoé")
        await write(here.page, "sales", "2")
        await posts(here.page, 1)
        await write(here.page, "again", "2")
        sales = await member.thread("ventes", "Ann")
        await posts(here.page, 2)
        here.page.pass_time(timedelta(hours=25))
        await sales.write("Trop tard ?")
        await sales.shows("depuis trop longtemps (Graph error 10/2018278). Cela partira")
        await write(here.page, "back", "me revoilà")
        assert (await posts(here.page, 3))[-1].text == "Trop tard ?"


async def test_two_pages_of_one_app(tmp_path: Path) -> None:
    """An app has one address for all its pages: each page's messages get to its own channel and back."""
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(new_platform(MESSENGER)) for _ in range(2)]
        second.account.account_id = "4242"
        place = placed(tmp_path, first, None)
        table = {**table_of(MESSENGER, second), "enabled": True, "plugin": "messenger", "page_id": "4242"}
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        place.write(f"{place.config.read_text(encoding='utf-8')}\n[channels.boutique]\n{lines}")
        process = await stack.enter_async_context(running(place))
        serve(first, process, MESSENGER)
        serve(second, process, MESSENGER)  # the first one's address
        await write(second, "hello", "bonjour")
        assert [post.text for post in await posts(second, 1)] == [WELCOME]
        await write(first, "hello", "bonjour")
        assert [post.text for post in await posts(first, 1)] == [WELCOME]
        assert len(second.shown(ANN)) == 1


async def test_doubtful_reply_is_found_by_its_echo(tmp_path: Path) -> None:
    """A reply whose answer was lost is known to have arrived, and reaches the customer once."""
    async with town(tmp_path) as here:
        member = await here.crowd.member("Zoé")
        await write(here.page, "hello", "bonjour")
        await posts(here.page, 1)
        await write(here.page, "sales", "2")
        await posts(here.page, 2)
        sales = await member.thread("ventes", "Ann")
        here.page.fail_next(Trouble.DROP)
        reply = await sales.write("Une seule fois")
        await sales.marked(reply, "sent")
        assert [post.text for post in here.page.shown(ANN)].count("Une seule fois") == 1


async def test_messages_of_a_downtime_are_fetched(tmp_path: Path) -> None:
    """What a customer wrote while the process was down is there once it runs again."""
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(new_platform(MESSENGER))
        place = placed(tmp_path, page, None)
        async with running(place) as process:
            serve(page, process, MESSENGER)
            await write(page, "hello", "bonjour")
            await posts(page, 1)
            assert await process.stop() == 0
        page.webhook_url = ""
        page.said(ANN, {"mid": "m_missed", "text": "2"})
        async with running(place) as process, people(process.url) as crowd:
            serve(page, process, MESSENGER)
            await (await crowd.member("Zoé")).thread("ventes", "Ann")
            assert (await posts(page, 2))[-1].text == ASSIGNED_TO_SALES


async def test_check_connect_asks_the_platforms(tmp_path: Path) -> None:
    """`check --connect` finds nothing wrong with right settings, and names what is wrong with others."""
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(new_platform(MESSENGER))
        place = placed(tmp_path, page, None)
        good = await place.command("check", "--connect")
        assert good.code == 0, good.out + good.err
        place.write(place.config.read_text(encoding="utf-8").replace(TOKEN, "EAAanother"))
        bad = await place.command("check", "--connect")
        assert bad.code == 1
        assert "page_token est refusé" in bad.out + bad.err
        assert "EAAanother" not in bad.out + bad.err


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """Start both platforms and the process between them."""
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(new_platform(MESSENGER))
        account = await stack.enter_async_context(new_platform(INSTAGRAM_DIRECT))
        account.world.people[ANN].profile = {"name": "Lise Insta", "first_name": "Lise", "username": "lise"}
        process = await stack.enter_async_context(running(placed(folder, page, account)))
        crowd = await stack.enter_async_context(people(process.url))
        serve(page, process, MESSENGER)
        serve(account, process, INSTAGRAM_DIRECT)
        yield Town(process=process, crowd=crowd, page=page, account=account)


def placed(folder: Path, page: GraphPlatform, account: GraphPlatform | None) -> Place:
    """A folder with a config.toml that connects the platforms."""
    place = Place(folder=folder)
    text = CONFIG.replace("port = 0", 'port = 0\npublic_url = "http://127.0.0.1"')
    for kind, platform in ((MESSENGER, page), (INSTAGRAM_DIRECT, account)):
        if platform is not None:
            table = {"enabled": True, **table_of(kind, platform)}
            lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
            text += f"\n[channels.{kind.channel}]\n{lines}"
    place.write(text)
    return place


def serve(platform: GraphPlatform, process: Running, kind: Kind) -> None:
    """Let the platform deliver to the process."""
    platform.webhook_url = f"{process.url}/webhooks/{kind.channel}"


async def write(platform: GraphPlatform, key: str, text: str, *, payload: str = "") -> None:
    """Let Ann write, or press a quick reply."""
    message: dict[str, Any] = {"mid": f"m_{key}", "text": text}
    if payload:
        message["quick_reply"] = {"payload": payload}
    assert await platform.push(platform.said(ANN, message)) == 200


async def posts(platform: GraphPlatform, count: int) -> list[Post]:
    """Wait until Ann has this many messages."""
    shown = await platform.until(lambda: platform.shown(ANN) if len(platform.shown(ANN)) >= count else [])
    await platform.echoed()
    return shown


def deleted(platform: GraphPlatform, key: str) -> dict[str, Any]:
    """The event of a message that Ann took back."""
    return platform.said(ANN, {"mid": f"m_{key}", "is_deleted": True})


def milliseconds_after(platform: GraphPlatform) -> int:
    """A moment after everything so far, as events have it."""
    return round((platform.now() + timedelta(seconds=1)).timestamp() * 1000)
