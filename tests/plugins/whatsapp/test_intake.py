"""What Twilio posts is received once, when it is stored, and only if Twilio signed it."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.api import ChatRef
from tests.plugins.whatsapp.harness import CHANNEL
from tests.plugins.whatsapp.rig import ANN, ANN_CHAT, BOB, OURS, Rig, running
from tests.simulators.twilio_hooks import Person

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


async def test_item_1_signature_over_the_public_url(tmp_path: Path) -> None:
    """The signature is over the configured public URL, whatever address a proxy asks us by."""
    async with running(tmp_path, public_url="https://chat.example.org/guichet") as rig:
        hooks = rig.platform.hooks
        local = f"{rig.host.media.public_url}/webhooks/{CHANNEL}"
        form = hooks.message(ANN, OURS, "bonjour")
        status, body = await hooks.post(local, form, signed_url=hooks.webhook_url)
        assert (status, body) == (200, EMPTY)
        for url in (local, f"{hooks.webhook_url}/", hooks.webhook_url.replace("https", "http")):
            assert (await hooks.post(local, form, signed_url=url))[0] == 403
        assert (await hooks.post(local, form, signed_url=f"{hooks.webhook_url}"))[0] == 200
    assert len(rig.host.events) == 1


async def test_item_1_signature_with_and_without_the_port(tmp_path: Path) -> None:
    """Twilio may sign the scheme's own port or leave it out; any other port is part of the address."""
    async with running(tmp_path, public_url="https://chat.example.org") as rig:
        hooks = rig.platform.hooks
        local = f"{rig.host.media.public_url}/webhooks/{CHANNEL}"
        form = hooks.message(ANN, OURS, "bonjour")
        path = f"/webhooks/{CHANNEL}"
        for host, status in (("chat.example.org:443", 200), ("chat.example.org:8443", 403)):
            assert (await hooks.post(local, form, signed_url=f"https://{host}{path}"))[0] == status


async def test_item_1_public_url_with_its_port(tmp_path: Path) -> None:
    """The same holds where config.toml has the scheme's own port in the address."""
    async with running(tmp_path, public_url="https://chat.example.org:443") as rig:
        hooks = rig.platform.hooks
        local = f"{rig.host.media.public_url}/webhooks/{CHANNEL}"
        form = hooks.message(ANN, OURS, "bonjour")
        for host in ("chat.example.org:443", "chat.example.org"):
            url = f"https://{host}/webhooks/{CHANNEL}"
            assert (await hooks.post(local, form, signed_url=url))[0] == 200


async def test_item_1_every_parameter_is_signed(rig: Rig) -> None:
    """A parameter that nobody knows yet is part of the signature, and one that was added is noticed."""
    hooks = rig.platform.hooks
    form = hooks.message(ANN, OURS, "bonjour", BrandNew="1", Empty="")
    assert (await hooks.push(form))[0] == 200
    forged = {**form, "MessageSid": "SM1", "Extra": "1"}
    assert (await hooks.post(hooks.webhook_url, forged, signed=form))[0] == 403
    assert len(rig.host.attempts) == 1


async def test_forged_status_is_refused(rig: Rig) -> None:
    """What becomes of a message is believed of Twilio alone, and its id is part of the signature."""
    message = await rig.sent(rig.message("Hello"))
    hooks = rig.platform.hooks
    form = {"MessageSid": message.sid, "MessageStatus": "failed"}
    assert (await hooks.post(message.status_callback, form, is_signed=False))[0] == 403
    other = message.status_callback.replace("record.1", "record.2")
    assert (await hooks.post(other, form, signed_url=message.status_callback))[0] == 403
    assert not rig.host.reports


async def test_item_2_one_sid_is_one_message(rig: Rig) -> None:
    """A form that comes again has the same event id, whatever else in it changed."""
    hooks = rig.platform.hooks
    form = hooks.message(ANN, OURS, "bonjour")
    for again in (form, {**form, "ProfileName": "Anna"}):
        assert (await hooks.push(again))[0] == 200
    assert [event.event_id for event in rig.host.attempts] == [form["MessageSid"]] * 2
    assert len(rig.host.events) == 1


async def test_item_4_sender_without_a_number(rig: Rig) -> None:
    """Somebody who hides the number writes, is answered, and is told apart, by the business-scoped id."""
    hidden = Person(address="whatsapp:DE.42", name="", external_id="whatsapp:DE.42")
    event = await rig.hear(person=hidden)
    assert event.chat == ChatRef(CHANNEL, "DE.42")
    assert (event.sender.phone, event.sender.aliases) == ("", ())
    message = await rig.sent(rig.message("Hello", chat=event.chat))
    assert message.recipient == "whatsapp:DE.42"
    assert not message.late_error


async def test_item_4_number_is_an_alias(rig: Rig) -> None:
    """Who shows the number is known by the business-scoped id, and the number is an alias."""
    event = await rig.hear()
    assert event.chat == ANN_CHAT
    assert event.sender.sender_id == ANN_CHAT.chat_id
    assert event.sender.phone == "+33612345678"
    assert event.sender.aliases == ("+33612345678",)
    assert (event.sender.name, event.sender.first_name) == ("Ann Example", "Ann")


async def test_item_13_stop_words_are_messages(rig: Rig) -> None:
    """STOP and START are received as they were written: Twilio's own opt-out may act on them as well."""
    assert (await rig.hear("STOP", OptOutType="STOP")).text == "STOP"


async def test_item_19_another_sender_of_the_account(rig: Rig) -> None:
    """What was written to another number of the account is acknowledged, counted and left alone."""
    hooks = rig.platform.hooks
    form = hooks.message(ANN, "whatsapp:+33939000002", "bonjour")
    assert await hooks.push(form) == (200, EMPTY)
    assert not rig.host.attempts
    assert rig.host.counts == {"other_sender": 1}


@pytest.mark.parametrize("word", ["MessageSid", "SmsSid", "SmsMessageSid"])
async def test_any_spelling_of_the_id(rig: Rig, word: str) -> None:
    """A message is known by its id under any of the three names that Twilio has for it."""
    form = rig.platform.hooks.message(ANN, OURS, "bonjour")
    sid = form["MessageSid"]
    rest = {name: value for name, value in form.items() if not name.endswith("Sid") or name == word}
    assert (await rig.platform.hooks.push(rest))[0] == 200
    assert rig.host.events[-1].event_id == sid


@pytest.mark.parametrize(
    "wrong",
    [
        {"MessageSid": "", "SmsSid": "", "SmsMessageSid": ""},
        {"From": "whatsapp:"},
        {"From": ""},
        {"NumMedia": "many"},
        {"NumMedia": "99"},
        {"NumMedia": "1"},
        {"Latitude": "north", "Longitude": "2.3"},
        {"Latitude": "nan", "Longitude": "2.3"},
        {"Latitude": "91", "Longitude": "2.3"},
    ],
)
async def test_senseless_forms(rig: Rig, wrong: dict[str, str]) -> None:
    """A form that is signed and makes no sense is a bad request, and nothing is stored."""
    hooks = rig.platform.hooks
    assert (await hooks.push({**hooks.message(ANN, OURS, "x"), **wrong}))[0] == 400
    assert not rig.host.attempts


async def test_bodies_that_are_no_forms(rig: Rig) -> None:
    """What is no form at all is refused, signed or not."""
    hooks = rig.platform.hooks
    for body in (b"{}", b"\xff\xfe=\xff", b"MessageSid=SM1&From=%ff"):
        assert (await hooks.post(hooks.webhook_url, {}, body=body))[0] in {400, 403}
    assert not rig.host.attempts


async def test_oversized_form(rig: Rig) -> None:
    """A body far larger than anything Twilio sends is refused before anything is made of it."""
    hooks = rig.platform.hooks
    form = {**hooks.message(ANN, OURS, "x"), "Body": "x" * 300_000}
    assert (await hooks.push(form))[0] == 413
    assert not rig.host.attempts


async def test_full_disk_is_told_to_twilio(rig: Rig) -> None:
    """While the disk refuses, Twilio is told so; messages and receipts are taken once it works again."""
    message = await rig.sent(rig.message("Hello"))
    hooks = rig.platform.hooks
    form = hooks.message(ANN, OURS, "bonjour")
    rig.host.receive_error = OSError("no space left on device")
    assert (await hooks.push(form))[0] == 503
    assert await hooks.tell(message, "delivered") == 503
    rig.host.receive_error = None
    assert (await hooks.push(form))[0] == 200
    assert await hooks.tell(message, "delivered") == 200
    assert len(rig.host.events) == len(rig.host.reports) == 1


async def test_notice_is_written_back(rig: Rig) -> None:
    """A line for whoever wrote is the answer to their message, and nothing in it is markup."""
    rig.host.notice = "Ann <has> this & more"
    hooks = rig.platform.hooks
    _, answer = await hooks.push(hooks.message(BOB, OURS, "K7 claim"))
    assert "".join(ET.fromstring(answer).itertext()) == rig.host.notice  # noqa: S314  # our own plugin's


async def test_received_while_not_connected(tmp_path: Path) -> None:
    """A message is received also while Twilio's API cannot be reached, or is not asked yet."""
    async with running(tmp_path, is_connected=False) as rig:
        assert (await rig.hear()).text == "bonjour"


async def test_contacts_write_at_once(rig: Rig) -> None:
    """While one contact's message is being stored, others are."""
    rig.host.hold(ANN_CHAT)
    hooks = rig.platform.hooks
    slow = asyncio.create_task(hooks.push(hooks.message(ANN, OURS, "one")))
    await rig.host.until(lambda host: len(host.attempts) == 1)
    assert (await rig.hear("two", person=BOB)).text == "two"
    rig.host.release(ANN_CHAT)
    assert (await slow)[0] == 200
