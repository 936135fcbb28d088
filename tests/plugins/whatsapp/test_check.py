"""Connecting and `check --connect` find what is wrong with the account, the sender and the templates."""

from pathlib import Path

import pytest

from bot.api import ConfigurationError, ConnectionFailed
from tests.plugins.whatsapp.harness import MENU
from tests.plugins.whatsapp.rig import running
from tests.simulators.twilio_contents import list_picker, quick_reply, text_template
from tests.simulators.twilio_messages import Content
from tests.simulators.twilio_troubles import Trouble

REMINDER = "HX" + "b" * 32


async def test_right_settings(tmp_path: Path) -> None:
    """Where all is right, every line says so, and nothing was sent to anybody."""
    contents = {
        MENU: Content(types=quick_reply(buttons=2)),
        REMINDER: Content(types=text_template("x"), is_approved=True),
    }
    async with running(
        tmp_path, contents=contents, menu_content=MENU, templates={"reminder": REMINDER}, is_connected=False
    ) as rig:
        findings = await rig.plugin.check()
        assert not [method for method, _, _ in rig.platform.calls if method == "POST"]
    assert [finding.what for finding in findings if not finding.is_ok] == []
    assert [finding.what for finding in findings] == [
        "account and auth token",
        "public address",
        "WhatsApp sender +33939000001",
        "webhook of the sender",
        "template reminder",
        "template menu_content",
    ]


async def test_what_is_wrong(tmp_path: Path) -> None:
    """A suspended account, an offline sender, another webhook and lost templates are each told."""
    contents = {MENU: Content(types=text_template("x"))}
    async with running(
        tmp_path, contents=contents, menu_content=MENU, templates={"lost": REMINDER}, is_connected=False
    ) as rig:
        rig.platform.account.status = "suspended"
        rig.platform.account.sender_status = "OFFLINE"
        rig.platform.account.callback_url = "https://elsewhere.example.org/"
        advice = [finding.advice for finding in await rig.plugin.check() if not finding.is_ok]
        url = rig.platform.hooks.webhook_url
    assert len(advice) == 5
    assert "suspended" in advice[0]
    assert "OFFLINE" in advice[1]
    assert url in advice[2]
    assert REMINDER in advice[3]
    assert "{{1}}" in advice[4]


async def test_wrong_token(tmp_path: Path) -> None:
    """A wrong token is one line, and nothing else is asked."""
    async with running(tmp_path, is_connected=False, auth_token="wrong") as rig:
        (finding,) = await rig.plugin.check()
    assert not finding.is_ok
    assert "20003" in finding.advice


async def test_sender_that_the_account_does_not_have(tmp_path: Path) -> None:
    """A number that is no sender of the account is told."""
    async with running(tmp_path, is_connected=False, number="+33939000009") as rig:
        wrong = [finding.advice for finding in await rig.plugin.check() if not finding.is_ok]
    assert wrong == [
        "the account has no such WhatsApp sender; write its number, or register it in the console"
    ]


async def test_item_15_sandbox(tmp_path: Path) -> None:
    """The sandbox is no sender of the account; what its settings must say is told."""
    async with running(tmp_path, is_connected=False, number="+14155238886") as rig:
        findings = await rig.plugin.check()
        url = rig.platform.hooks.webhook_url
    assert all(finding.is_ok for finding in findings)
    assert url in findings[-1].advice


@pytest.mark.parametrize(
    ("public_url", "words"),
    [
        ("", "server.public_url"),
        ("http://chat.example.org", "https"),
        ("https://my_chat.example.org", "underscore"),
    ],
)
async def test_address_that_twilio_cannot_use(tmp_path: Path, public_url: str, words: str) -> None:
    """An address that Twilio cannot reach, or fetches nothing from, is told."""
    async with running(tmp_path, is_connected=False, public_url=public_url) as rig:
        wrong = [finding.advice for finding in await rig.plugin.check() if not finding.is_ok]
    assert words in wrong[0]


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.RATE_LIMITED, ConnectionFailed),
        (Trouble.SERVER_ERROR, ConnectionFailed),
        (Trouble.EMPTY, ConfigurationError),
        (Trouble.REJECTED, ConfigurationError),
        (Trouble.WRONG_TOKEN, ConfigurationError),
    ],
)
async def test_connecting_in_trouble(tmp_path: Path, trouble: Trouble, kind: type[Exception]) -> None:
    """What passes is tried again, and what somebody must mend is not; nothing else comes out of it."""
    async with running(tmp_path, is_connected=False) as rig:
        rig.platform.fail_next(trouble)
        with pytest.raises(kind):
            await rig.plugin.connect()


@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMITED, Trouble.SERVER_ERROR, Trouble.EMPTY])
async def test_menu_in_trouble(tmp_path: Path, trouble: Trouble) -> None:
    """A template for menus that cannot be read or copied now is tried again, or is no menu."""
    contents = {MENU: Content(types=quick_reply(buttons=2))}
    async with running(tmp_path, contents=contents, menu_content=MENU, is_connected=False) as rig:
        await rig.plugin.connect()
        await rig.plugin.disconnect()
        rig.host.documents.texts.clear()
        rig.platform.fail_contents(trouble)
        with pytest.raises((ConnectionFailed, ConfigurationError)):
            await rig.plugin.connect()


async def test_connecting_without_an_address(tmp_path: Path) -> None:
    """A channel that Twilio could not deliver to does not connect."""
    async with running(tmp_path, is_connected=False, public_url="") as rig:
        with pytest.raises(ConfigurationError, match=r"server\.public_url"):
            await rig.plugin.connect()


async def test_connecting_to_a_suspended_account(tmp_path: Path) -> None:
    """A suspended account does not connect, and says so."""
    async with running(tmp_path, is_connected=False) as rig:
        rig.platform.account.status = "suspended"
        with pytest.raises(ConfigurationError, match="suspended"):
            await rig.plugin.connect()


@pytest.mark.parametrize(
    "types",
    [
        None,
        text_template("{{1}}"),
        quick_reply(buttons=4),
        list_picker(items=11),
        {"twilio/quick-reply": {"body": "Hello {{1}}", "actions": [{"title": "{{2}}", "id": "{{3}}"}]}},
        {"twilio/quick-reply": {"body": "{{1}}", "actions": [{"title": "Yes", "id": "{{3}}"}]}},
        {"twilio/quick-reply": {"body": "{{1}}", "actions": [{"title": "{{2}}", "id": "{{2}}"}]}},
        {"twilio/quick-reply": {"body": "{{1}}", "actions": ["{{2}}"]}},
        {"twilio/list-picker": {"body": "{{1}}", "items": []}},
    ],
)
async def test_connecting_with_an_unfit_menu(tmp_path: Path, types: dict[str, object] | None) -> None:
    """A template that cannot show every menu does not pass as one, and it is said how it must be."""
    contents = {} if types is None else {MENU: Content(types=types)}
    async with running(tmp_path, contents=contents, menu_content=MENU, is_connected=False) as rig:
        with pytest.raises(ConfigurationError, match="template"):
            await rig.plugin.connect()


async def test_credentials_that_stop_being_right(tmp_path: Path) -> None:
    """A token that was changed stops the channel also when only a list is asked for."""
    async with running(tmp_path) as rig:
        rig.host.documents.texts["heard"] = '{"begun": 0, "until": 0, "messages": {}}'
        await rig.plugin.disconnect()
        await rig.plugin.connect()
        rig.platform.fail_lists(Trouble.WRONG_TOKEN)
        with pytest.raises(ConfigurationError):
            await rig.plugin.listen()
