"""What must be right for the bot to serve, as a list that people can go through."""

from collections.abc import Mapping, Sequence

from bot.api import ChatRef, Finding, PluginError
from plugins.telegram.content import Payload
from plugins.telegram.errors import Say
from plugins.telegram.rooms import Group, missing_rights, name_of


def of_bot(me: Payload, say: Say) -> Finding:
    """The token is right."""
    return Finding(what=say("check_token", username=me.get("username", me["id"])), is_ok=True)


def of_webhook(webhook: Payload, say: Say, *, is_wanted: bool) -> list[Finding]:
    """Nothing stands between the platform and us."""
    findings = []
    if not is_wanted and webhook.get("url"):
        findings.append(Finding(what=say("check_webhook_set"), is_ok=True))
    if is_wanted and (error := webhook.get("last_error_message")):
        what, advice = say("check_webhook_error", error=error), say("check_webhook_advice")
        findings.append(Finding(what=what, is_ok=False, advice=advice))
    if waiting := webhook.get("pending_update_count"):
        findings.append(Finding(what=say("check_waiting", count=waiting), is_ok=True))
    return findings


def of_groups(
    groups: Mapping[str, Group | PluginError], say: Say, *, reads_everything: bool, channel: str
) -> list[Finding]:
    """Every team chat can be written to, and read.

    Args:
        groups: what the platform says of each, by its id in config.toml.
        say: gives words for people by their key.
        reads_everything: the bot's privacy mode is off.
        channel: the channel's name.
    """
    findings: list[Finding] = []
    for chat_id, group in groups.items():
        if isinstance(group, PluginError):
            address = ChatRef(channel, chat_id).address
            what, advice = (
                say("check_unreached", address=address),
                say("check_unreached_advice", reason=group),
            )
            findings.append(Finding(what=what, is_ok=False, advice=advice))
        else:
            findings += _of_group(chat_id, group, say, reads_everything=reads_everything)
    return findings


def in_words(findings: Sequence[Finding], say: Say, *, channel: str) -> str:
    """What is not right, as a post; empty when all is."""
    wrong = [f"• {finding.what}: {finding.advice}" for finding in findings if not finding.is_ok]
    return "\n".join((say("check_title", channel=channel), *wrong)) if wrong else ""


def _of_group(chat_id: str, group: Group, say: Say, *, reads_everything: bool) -> list[Finding]:
    name = name_of(group, chat_id)
    if not group.may_write:
        what, advice = say("check_silent", name=name), say("check_silent_advice")
        return [Finding(what=what, is_ok=False, advice=advice)]
    findings = [Finding(what=say("check_there", name=name), is_ok=True)]
    reads = group.is_admin or reads_everything
    advice = "" if reads else say("check_reads_advice")
    findings.append(Finding(what=say("check_reads", name=name), is_ok=reads, advice=advice))
    if not group.is_forum:
        findings.append(Finding(what=say("check_flat", name=name), is_ok=True))
    missing = missing_rights(group)
    for right in ("topics", "pin", "delete") if group.is_forum else ("delete",):
        is_given = right not in missing
        what = say("check_right", name=name, right=say(f"right_{right}"))
        advice = "" if is_given else say("check_right_advice")
        findings.append(Finding(what=what, is_ok=is_given, advice=advice))
    return findings
