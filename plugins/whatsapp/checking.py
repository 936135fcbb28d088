"""What `check --connect` looks at: the account, the sender, where it delivers, and the templates."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.api import ConfigurationError, Finding, Wording
from plugins.whatsapp.addresses import chat_id_of
from plugins.whatsapp.client import TwilioAccount
from plugins.whatsapp.composing import SANDBOX
from plugins.whatsapp.menus import shape_of
from plugins.whatsapp.settings import Settings

MENU = "menu_content"


async def findings_of(
    settings: Settings, account: TwilioAccount, *, public_url: str, webhook_path: str, wording: Wording
) -> Sequence[Finding]:
    """Ask Twilio; sends nothing to anybody.

    Raises:
        ConnectionFailed: Twilio cannot be asked now.
    """
    say = wording
    try:
        status = await account.account_status()
    except ConfigurationError as error:
        return [Finding(what=say("check_account"), is_ok=False, advice=str(error))]
    findings = [
        Finding(
            what=say("check_account"),
            is_ok=status == "active",
            advice="" if status == "active" else say("account_inactive", status=status),
        ),
        _public(public_url, wording),
    ]
    findings += await _sender(settings, account, f"{public_url}{webhook_path}", wording)
    for name, sid in {**settings.content_sids, MENU: settings.menu_content}.items():
        if not sid:
            continue
        content = await account.content(sid)
        advice = ""
        if content is None:
            advice = say("content_missing", sid=sid)
        elif name == MENU and shape_of(content.types) is None:
            advice = say("menu_unfit")
        findings.append(Finding(what=say("check_content", name=name), is_ok=not advice, advice=advice))
    return findings


def _public(public_url: str, wording: Wording) -> Finding:
    """Whether Twilio can reach this server, as far as its address tells."""
    parts = urlsplit(public_url)
    advice = ""
    if not public_url:
        advice = wording("no_public_url")
    elif "_" in (parts.hostname or ""):
        advice = wording("underscore")
    elif parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        advice = wording("no_tls")
    return Finding(what=wording("check_address"), is_ok=not advice, advice=advice)


async def _sender(
    settings: Settings, account: TwilioAccount, webhook_url: str, wording: Wording
) -> Sequence[Finding]:
    """Whether the number can send, and delivers to us."""
    say = wording
    if settings.number == SANDBOX:
        what = say("check_sandbox", number=settings.number)
        return [Finding(what=what, is_ok=True, advice=say("sandbox_webhook", url=webhook_url))]
    what = say("check_sender", number=settings.number)
    own = chat_id_of(account.own_address())
    sender = next((each for each in await account.senders() if chat_id_of(each.number) == own), None)
    if sender is None:
        return [Finding(what=what, is_ok=False, advice=say("sender_missing"))]
    is_online = sender.status.upper().startswith("ONLINE")
    is_ours = sender.callback_url.partition("#")[0] == webhook_url
    return [
        Finding(
            what=what,
            is_ok=is_online,
            advice="" if is_online else say("sender_offline", status=sender.status),
        ),
        Finding(
            what=say("check_webhook"),
            is_ok=is_ours,
            advice="" if is_ours else say("webhook_elsewhere", url=webhook_url),
        ),
    ]
