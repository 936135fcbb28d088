"""What every channel behind the Graph API must handle of what it receives, one named test for each."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.api import (
    Attachment,
    ButtonPressed,
    DeliveryRejected,
    EchoReceived,
    IncomingMessage,
    MediaKind,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    ReceiptState,
    Sibling,
)
from tests.conformance.host import RecordingHost
from tests.plugins.meta.harness import ANN, BOB, Kind
from tests.plugins.meta.rig import Rig, connected
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_world import Post

INBOX_APP = "263902037430900"


async def test_01_signature_is_over_the_raw_body(rig: Rig) -> None:
    """A body is judged by its bytes: the same JSON written otherwise is a forgery."""
    raw, signature = rig.platform.signed(rig.platform.batch(rig.said("one")))
    assert await rig.platform.push_raw(raw.replace(b":", b": "), signature=signature) == 403
    assert rig.host.attempts == []
    assert await rig.platform.push_raw(raw, signature=signature) == 200


async def test_02_answered_after_the_write_and_not_after_the_rest(rig: Rig) -> None:
    """The platform has its answer once the event is stored, whatever else is slow."""
    rig.platform.hold(ANN)
    rig.host.notice = "this line goes to somebody the platform is slow with"
    assert await rig.platform.push(rig.said("hello")) == 200
    assert rig.of_type(IncomingMessage)
    rig.platform.release(ANN)


async def test_03_one_bad_event_costs_no_other(rig: Rig) -> None:
    """The whole batch is taken, and what makes no sense in it is counted."""
    broken = rig.said("x") | {"message": {"text": "without an id"}}
    events = await rig.hear(
        rig.said("before"), broken, rig.platform.said(BOB, {"mid": "m_b", "text": "after"})
    )
    assert sorted(event.text for event in events if isinstance(event, IncomingMessage)) == ["after", "before"]
    assert rig.host.counts["malformed"] == 1


async def test_03_a_lost_event_costs_no_other(rig: Rig) -> None:
    """When one chat's event cannot be stored the rest is, and the platform delivers all of it again."""
    ann, bob = rig.said("ann"), rig.platform.said(BOB, {"mid": "m_bob", "text": "bob"})
    rig.host.receive_error = OSError("no space left on device")
    assert await rig.platform.push(ann, bob) == 503
    assert len(rig.host.attempts) == 2
    rig.host.receive_error = None
    assert len(await rig.hear(ann, bob)) == 2


async def test_04_a_message_counts_once(rig: Rig) -> None:
    """The id of an event is the message's, so a second delivery is known."""
    event = rig.said("hello", mid="m_once")
    (first,) = await rig.hear(event)
    assert first.event_id == "m_once"
    assert await rig.hear(event) == []


async def test_05_own_echo_is_dropped_though_it_beats_the_answer(rig: Rig) -> None:
    """The report of our own message is no event, neither before the answer to its send nor after."""
    await rig.plugin.send(rig.message("Hello Ann"))
    await rig.platform.echoed()
    assert rig.platform.pushed == [200]
    assert await rig.hear(rig.platform.echo_of(rig.platform.shown(ANN)[0])) == []


async def test_05_own_echo_is_dropped_while_the_app_is_not_known(kind: Kind, tmp_path: Path) -> None:
    """Even when nobody has told us our app's id, our own words are known for ours."""

    def prepare(platform: GraphPlatform, host: RecordingHost) -> None:
        platform.account.is_app_open = False

    async with connected(kind, tmp_path, prepare=prepare) as rig:
        await rig.plugin.send(rig.message("Hello Ann"))
        await rig.platform.echoed()
        assert rig.host.attempts == []


async def test_05_colleagues_echo_is_handed_on(rig: Rig) -> None:
    """What a colleague writes in the platform's own app is received, as written elsewhere."""
    post = Post(
        mid="m_suite", person_id=ANN, body={"message": {"text": "By hand"}}, file=None, at=rig.platform.now()
    )
    (event,) = await rig.hear(rig.platform.echo_of(post, app_id=INBOX_APP))
    assert isinstance(event, EchoReceived)
    assert (event.chat, event.message_id, event.text) == (rig.chat, "m_suite", "By hand")
    assert event.outgoing_id == ""


async def test_06_standby_is_never_answered(rig: Rig) -> None:
    """What is only shown to us, while another app has the conversation, is counted and left alone."""
    body = rig.platform.batch(rig.said("to the other app"), name="standby")
    raw, signature = rig.platform.signed(body)
    assert await rig.platform.push_raw(raw, signature=signature) == 200
    assert rig.host.attempts == []
    assert rig.host.counts == {"standby": 1}


async def test_07_deleted_message_is_to_be_erased(rig: Rig) -> None:
    """A message that was taken back is an event of its own, and our copy has to go."""
    await rig.hear(rig.said("oops", mid="m_gone"))
    (event,) = await rig.hear(rig.said(mid="m_gone", is_deleted=True))
    assert isinstance(event, MessageDeleted)
    assert (event.message_id, event.must_erase) == ("m_gone", True)


async def test_07_unsupported_message_is_named(rig: Rig) -> None:
    """A message that the API cannot show is still a message."""
    (event,) = await rig.hear(rig.said(is_unsupported=True))
    assert isinstance(event, IncomingMessage)
    assert event.unsupported == "something that the platform shows only in its own app"


async def test_07_unknown_things_are_counted(rig: Rig) -> None:
    """Events, changes, entries and objects that nobody knows are counted, and acknowledged."""
    assert (
        await rig.hear(rig.did(game_play={"score": 1}), rig.did(pass_thread_control={"new_owner_app_id": 1}))
        == []
    )
    batch = rig.platform.batch(rig.said("x"))
    (entry,) = batch["entry"]
    for body in (
        {**batch, "object": "user"},
        {**batch, "entry": [{"id": entry["id"], "time": 1, "changes": [{"field": "feed", "value": {}}]}]},
        {**batch, "entry": [{"id": entry["id"], "time": 1, "dreams": []}]},
    ):
        raw, signature = rig.platform.signed(body)
        assert await rig.platform.push_raw(raw, signature=signature) == 200
    names = {"unknown_event", "thread_control", "unknown_object", "unknown_change", "unknown_entry"}
    assert rig.host.counts == dict.fromkeys(names, 1)
    assert rig.host.attempts == []


async def test_08_edits_and_reactions(rig: Rig) -> None:
    """A new text, a reaction and a reaction taken back are events on the message."""
    await rig.hear(rig.said("helo", mid="m_1"))
    edit = rig.did(message_edit={"mid": "m_1", "text": "hello", "num_edit": 1})
    react = rig.did(reaction={"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"})
    unreact = rig.did(reaction={"mid": "m_1", "action": "unreact"})
    edited, reacted, unreacted = await rig.hear(edit, react, unreact)
    assert isinstance(edited, MessageEdited)
    assert (edited.message_id, edited.text) == ("m_1", "hello")
    assert isinstance(reacted, ReactionChanged)
    assert isinstance(unreacted, ReactionChanged)
    assert (reacted.message_id, reacted.emoji, unreacted.emoji) == ("m_1", "❤", "")
    assert len({edited.event_id, reacted.event_id, unreacted.event_id}) == 3


async def test_09_ended_link_is_asked_for_again(rig: Rig) -> None:
    """A file whose link has ended is had by the link that the platform gives now."""
    world = rig.platform.world
    world.files |= {"pic": b"old", "pic-fresh": b"the picture"}
    world.ended_links.add("pic")
    picture = {"type": "image", "payload": {"url": f"{rig.platform.url}/cdn/pic"}}
    (event,) = await rig.hear(rig.said(mid="m_pic", attachments=[picture]))
    assert isinstance(event, IncomingMessage)
    (file,) = event.attachments
    assert isinstance(file, Attachment)
    assert file.kind is MediaKind.PHOTO
    assert b"".join([piece async for piece in rig.plugin.download(file)]) == b"the picture"


async def test_09_files_are_fetched_from_the_platform_alone(rig: Rig) -> None:
    """No link in a message makes this server ask an address that is not the platform's."""
    elsewhere = {"type": "image", "payload": {"url": "http://169.254.169.254/latest/meta-data"}}
    (event,) = await rig.hear(rig.said(attachments=[elsewhere]))
    assert isinstance(event, IncomingMessage)
    assert event.attachments == ()
    assert event.unsupported
    forged = Attachment(kind=MediaKind.PHOTO, remote_id="m_1 0 http://169.254.169.254/latest/meta-data")
    with pytest.raises(DeliveryRejected, match="not at a place of the platform's"):
        await anext(aiter(rig.plugin.download(forged)))


async def test_15_other_accounts_entries_are_left_alone(rig: Rig) -> None:
    """One app serves several accounts: what is another one's is counted, and acknowledged."""
    mine, other = rig.platform.batch(rig.said("mine")), rig.platform.batch(rig.said("other"), entry_id="4242")
    raw, signature = rig.platform.signed({**mine, "entry": mine["entry"] + other["entry"]})
    assert await rig.platform.push_raw(raw, signature=signature) == 200
    assert [event.text for event in rig.of_type(IncomingMessage)] == ["mine"]
    assert rig.host.counts == {"other_account": 1}


async def test_entries_of_a_channel_that_is_away_come_again(rig: Rig) -> None:
    """What is for another channel of this app is not acknowledged while that channel is not connected."""
    other = rig.plugin._settings.model_copy(update={rig.kind.account_key: "4242"})
    rig.host.others = [Sibling(settings=other, plugin=None)]
    raw, signature = rig.platform.signed(rig.platform.batch(rig.said("other"), entry_id="4242"))
    assert await rig.platform.push_raw(raw, signature=signature) == 503
    another_app = other.model_copy(update={"app_secret": SecretStr("another")})
    rig.host.others = [Sibling(settings=another_app, plugin=None)]
    assert await rig.platform.push_raw(raw, signature=signature) == 200
    assert rig.host.counts == {"other_account": 1}


async def test_18_story_replies_and_mentions_say_so(account: Rig) -> None:
    """Words about a story come with the story while its link lasts, and say what they are about."""
    account.platform.world.files["story"] = b"the story"
    url = f"{account.platform.url}/cdn/story"
    reply = account.said("nice", reply_to={"story": {"url": url, "id": "178"}})
    mention = account.said(attachments=[{"type": "story_mention", "payload": {"url": url}}])
    first, second = await account.hear(reply, mention)
    assert isinstance(first, IncomingMessage)
    assert isinstance(second, IncomingMessage)
    assert (first.text, first.unsupported, first.reply_to) == ("nice", "in reply to your story", "")
    assert (second.text, second.unsupported) == ("", "mentioned you in a story")
    for event in (first, second):
        (file,) = event.attachments
        assert isinstance(file, Attachment)
        assert b"".join([piece async for piece in account.plugin.download(file)]) == b"the story"


async def test_19_postbacks_and_referrals_are_messages(rig: Rig) -> None:
    """A button of the page's own and a followed link begin a conversation, with what the link carried."""
    started = rig.did(
        postback={"mid": "m_p", "title": "Get started", "payload": "START", "referral": {"ref": "ventes"}}
    )
    plain = rig.did(postback={"title": "Prices", "payload": "PRICES"})
    opened = rig.did(referral={"ref": "support", "source": "SHORTLINK", "type": "OPEN_THREAD"})
    events = await rig.hear(started, plain, opened)
    assert [(event.text, event.start_payload) for event in events if isinstance(event, IncomingMessage)] == [
        ("Get started", "ventes"),
        ("Prices", "PRICES"),
        ("", "support"),
    ]
    assert len({event.event_id for event in events}) == 3


async def test_events_of_one_chat_are_in_order_and_chats_at_once(rig: Rig) -> None:
    """A batch out of order is put in order for each chat, and no chat waits for another."""
    late, early = rig.said("second", mid="m_2"), rig.said("first", mid="m_1")
    early["timestamp"] = late["timestamp"] - 1000
    rig.host.hold(rig.chat)
    bob = rig.platform.said(BOB, {"mid": "m_3", "text": "bob"})
    delivery = asyncio.create_task(rig.platform.push(late, early, bob))
    await rig.until(
        lambda host: any(isinstance(event, IncomingMessage) and event.text == "bob" for event in host.events)
    )
    assert [event.text for event in rig.of_type(IncomingMessage)] == ["bob"]
    rig.host.release(rig.chat)
    assert await delivery == 200
    assert [event.text for event in rig.of_type(IncomingMessage)] == ["bob", "first", "second"]


async def test_receipts_reach_their_messages(page: Rig) -> None:
    """Deliveries by id and reads up to a time become receipts of the messages they mean, each once."""
    first, second = page.message("one"), page.message("two")
    receipt = await page.plugin.send(first)
    await page.platform.echoed()
    delivered = page.did(delivery={"mids": [receipt.platform_id], "watermark": 1})
    await page.hear(delivered)
    await page.plugin.send(second)
    await page.platform.echoed()
    page.platform.pass_time(timedelta(seconds=1))
    read = page.did(read={"watermark": round(page.platform.now().timestamp() * 1000)})
    await page.hear(read, read)
    assert [(report.message_id, report.state) for report in page.host.reports] == [
        (first.message_id, ReceiptState.DELIVERED),
        (first.message_id, ReceiptState.READ),
        (second.message_id, ReceiptState.READ),
    ]


async def test_pressed_quick_reply_is_a_choice_and_a_foreign_one_its_words(rig: Rig) -> None:
    """Only payloads that we wrote are choices; those of the page's automations are what they say."""
    ours = rig.said("Support", quick_reply={"payload": "choice:team:support"})
    foreign = rig.said("Opening hours", quick_reply={"payload": "YES"})
    pressed, spoken = await rig.hear(ours, foreign)
    assert isinstance(pressed, ButtonPressed)
    assert pressed.choice_id == "team:support"
    assert isinstance(spoken, IncomingMessage)
    assert spoken.text == "Opening hours"


async def test_policy_enforcement_is_told(page: Rig) -> None:
    """What the platform does to the page for its rules is a line in the inbox, once."""
    now = round(page.platform.now().timestamp() * 1000)
    event = {
        "recipient": {"id": page.platform.account.account_id},
        "timestamp": now,
        "policy_enforcement": {"action": "block", "reason": "spam"},
    }
    await page.hear(event)
    await page.hear(event)
    (alert,) = page.host.alerts
    assert "with block: spam" in alert
