"""`check --connect` for both platforms: what is right, and what to do about what is not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.api import ConfigurationError, Finding
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import INSTAGRAM_DIRECT, KINDS, MESSENGER, PACE, Kind
from tests.plugins.meta.rig import Rig, connected, made
from tests.simulators.graph import GraphPlatform


async def findings(rig: Rig, **settings: Any) -> dict[str, Finding]:
    plugin = made(rig.kind, rig.platform, rig.host, **settings)
    return {finding.what: finding for finding in await plugin.check()}


@pytest.fixture
async def rig(kind: Kind, tmp_path: Path) -> AsyncIterator[Rig]:
    """A channel of each platform in turn that leaves its subscription as it is."""
    async with connected(kind, tmp_path, is_listening=False) as rig:
        yield rig


async def test_everything_right(rig: Rig) -> None:
    """With right settings each line says so, and nothing was changed by looking."""
    before = set(rig.platform.account.subscribed)
    found = await findings(rig)
    assert [finding.what for finding in found.values() if not finding.is_ok] == []
    assert list(found) == [
        "settings",
        "token and account",
        "permissions",
        "subscribed events",
        "version of the API",
    ]
    assert rig.platform.account.subscribed == before


@pytest.mark.parametrize(
    ("settings", "what", "advice"),
    [
        ({"page_token": ""}, "settings", "fill in page_token"),
        ({"verify_token": ""}, "settings", "verify_token"),
        ({"page_token": "EAAwrong"}, "token and account", "page_token is refused"),
        ({"app_secret": "wrong"}, "token and account", "app_secret is not"),
        ({"api_version": "v20.0"}, "token and account", "Unknown path"),
    ],
)
async def test_wrong_settings(rig: Rig, settings: dict[str, str], what: str, advice: str) -> None:
    """What is wrong in the table is named, with what to do, and without the secret."""
    found = await findings(rig, **settings)
    assert not found[what].is_ok
    assert advice in found[what].advice
    assert "EAAwrong" not in found[what].advice


async def test_missing_public_url(rig: Rig) -> None:
    """Without an address of its own, no platform can deliver here."""
    rig.host.public_url = ""
    assert "server.public_url" in (await findings(rig))["settings"].advice


async def test_rights(rig: Rig) -> None:
    """A missing permission, a missing subscription and a token near its end are named."""
    account = rig.platform.account
    account.scopes, account.subscribed = ("public_profile",), set()
    account.token_ends_at = rig.platform.now() + timedelta(days=3)
    found = await findings(rig)
    assert "the token lacks " in found["permissions"].advice
    assert "messages" in found["subscribed events"].advice
    assert not found["life of the token"].is_ok
    account.token_ends_at = rig.platform.now() + timedelta(days=50)
    assert (await findings(rig))["life of the token"].is_ok


async def test_account_that_logs_in_by_itself(tmp_path: Path) -> None:
    """An account without a page is known by its own id, and a page without an account is told."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.has_own_login = True

    async with connected(INSTAGRAM_DIRECT, tmp_path, prepare=prepare, is_listening=False) as rig:
        assert (await findings(rig))["token and account"].is_ok
        rig.platform.account.has_own_login = rig.platform.account.is_linked = False
        assert "names no Instagram account" in (await findings(rig))["token and account"].advice


async def test_account_is_asked_for_by_its_id_too(rig: Rig) -> None:
    """Where nobody says whose token it is, the account itself is asked, with the same token."""
    rig.platform.account.is_me_open = False
    assert (await findings(rig))["token and account"].is_ok


@pytest.mark.parametrize("can_be_asked", [True, False])
async def test_token_that_dies_meanwhile_stops_the_channel(
    kind: Kind, tmp_path: Path, can_be_asked: bool
) -> None:
    """The daily look finds a dead token, tells people, and stops the channel."""
    often = replace(PACE, look_every=timedelta(seconds=0.05))
    async with connected(kind, tmp_path, pace=often) as rig:
        rig.platform.account.is_app_open = can_be_asked
        rig.plugin._account.app_id = ""
        rig.platform.account.token_ends_at = rig.platform.now() - timedelta(days=1)
        if not can_be_asked:
            rig.platform.account.token = "EAAanother"
        await rig.until(lambda host: any(isinstance(error, ConfigurationError) for error in host.failures))
        assert any("page_token" in alert for alert in rig.host.alerts)


async def test_subscription_that_is_refused_stops_nothing(kind: Kind, tmp_path: Path) -> None:
    """A token that may not subscribe is told, and goes on sending."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_subscription_open = False

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.until(lambda host: any("lacks a permission" in alert for alert in host.alerts))
        await rig.plugin.send(rig.message())
        assert rig.host.failures == []
        assert "lacks a permission" in (await findings(rig))["subscribed events"].advice


async def test_account_behind_a_page_has_the_pages_events(tmp_path: Path) -> None:
    """Where the page refuses Instagram's own events, those that both have are subscribed to."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.subscribed = set()
        platform.account.unknown_fields = {
            "messaging_seen",
            "messaging_referral",
            "messaging_handover",
            "message_edit",
        }

    async with connected(INSTAGRAM_DIRECT, tmp_path, prepare=prepare) as rig:
        await rig.platform.until(lambda: rig.platform.account.subscribed)
        assert rig.platform.account.subscribed == {"messages", "messaging_postbacks"}


@pytest.mark.parametrize(
    "table",
    [
        {"page_idd": "1"},
        {"page_id": "Maison Dupont"},
        {"api_url": "graph.facebook.com"},
        {"api_url": "https://graph.facebook.com?x=1"},
        {"api_version": "25"},
        {"human_agent": "perhaps"},
    ],
)
def test_settings_refuse_what_makes_no_sense(table: dict[str, str]) -> None:
    """A misspelt key, a name for an id, half an address or half a version are errors of the table."""
    with pytest.raises(ValidationError):
        MESSENGER.package.Settings.model_validate(table)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
def test_settings_have_the_documented_defaults(kind: Kind) -> None:
    """A table that says nothing is one that can be read, and shows no secret when printed."""
    settings = kind.package.Settings.model_validate({"page_token": "EAAsecret"})
    assert not settings.enabled
    assert not settings.human_agent
    assert (settings.api_url, settings.api_version, settings.account) == (
        "https://graph.facebook.com",
        "v25.0",
        "",
    )
    assert "EAAsecret" not in repr(settings)
    assert kind.package.Settings.model_validate({"api_url": "http://a/b/"}).api_url == "http://a/b"
