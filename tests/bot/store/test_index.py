"""The index: what is found without files is what the records say."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from bot.api import ChatRef
from bot.model import HOUSE, House, Post, Record, Status, Thread
from bot.store import Index
from bot.store.codes import Codes
from bot.store.compact import CompactMap
from tests.bot.store.examples import NOON, TEAM_CHAT, Clock, conversation, item, message, record, said


def index(*records: Record | House) -> Index:
    """An index that these records were taken into."""
    made = Index(Clock())
    for each in records:
        made.update(None, each)
    return made


def test_open_conversation_is_found_by_thread_post_card_and_code() -> None:
    """A member's reply finds its contact by whatever it answers to."""
    ann, bob = record("ann", code="K7"), record("bob", code="B2", messages=0)
    found = index(ann, bob)
    assert found.record_of_thread(TEAM_CHAT.thread("thread-ann")) == ann.record_id
    assert found.record_of_thread(TEAM_CHAT.thread("thread-bob")) == bob.record_id
    assert found.record_of_thread(TEAM_CHAT) is None
    assert found.record_of_post("desk:support", "p2") == ann.record_id
    assert found.record_of_post("desk:support", "card-bob") == bob.record_id
    assert found.record_of_post("desk:sales", "p2") is None
    assert found.record_of_code("B2") == bob.record_id
    assert found.record_of_code("ZZ") is None


def test_member_reply_is_found_too() -> None:
    """A post that a member wrote himself leads to its conversation as well."""
    old = record("ann")
    new = old.draft()
    source = Post(TEAM_CHAT, "member-1")
    new.messages[3] = replace(message(3), posts=(), source=source)
    found = index(old)
    found.update(old, new)
    assert found.record_of_post("desk:support", "member-1") == old.record_id


def test_closing_frees_posts_and_keeps_the_thread() -> None:
    """After closing, posts and code lead nowhere; the thread still does, since writing in it reopens."""
    old = record("ann")
    new = old.draft()
    new.change_conversation(1, status=Status.CLOSED, closed_at=NOON)
    found = index(old)
    found.update(old, new)
    assert found.record_of_post("desk:support", "p1") is None
    assert found.record_of_post("desk:support", "card-ann") is None
    assert found.record_of_code("K7") is None
    assert found.record_of_thread(TEAM_CHAT.thread("thread-ann")) == old.record_id
    assert list(found.live()) == []
    again = new.draft()
    again.change_conversation(1, status=Status.OPEN, closed_at=None)
    found.update(new, again)
    assert found.record_of_post("desk:support", "p1") == old.record_id
    assert found.record_of_code("K7") == old.record_id


def test_thread_made_anew_replaces_the_lost_one() -> None:
    """A thread that was lost leads nowhere, and the new one to the contact."""
    old = record("ann")
    new = old.draft()
    new.change_thread(TEAM_CHAT, thread_id="second", card_id="")
    found = index(old)
    found.update(old, new)
    assert found.record_of_thread(TEAM_CHAT.thread("thread-ann")) is None
    assert found.record_of_thread(TEAM_CHAT.thread("second")) == old.record_id


def test_archived_messages_keep_their_posts() -> None:
    """A reply to a post of an open conversation is understood after its message was archived."""
    old = record("ann", messages=5)
    new = old.draft()
    del new.messages[1]
    found = index(old)
    found.update(old, new)
    assert found.record_of_post("desk:support", "p1") == old.record_id
    fresh = index(new)
    assert fresh.record_of_post("desk:support", "p1") is None
    fresh.find_archived_posts(new, [old.messages[1]])
    assert fresh.record_of_post("desk:support", "p1") == old.record_id


def test_code_rests_thirty_days() -> None:
    """A code is taken while its conversation is not closed, and for thirty days after."""
    old = record("ann")
    found = index(old)
    assert not found.code_is_free("K7", NOON)
    assert found.code_is_free("K8", NOON)
    new = old.draft()
    new.change_conversation(1, status=Status.CLOSED, closed_at=NOON)
    found.update(old, new)
    assert not found.code_is_free("K7", NOON + timedelta(days=29, hours=23))
    assert found.code_is_free("K7", NOON + timedelta(days=30))


def test_reused_code_survives_the_end_of_the_old_conversation() -> None:
    """When a contact gets the same code again much later, dropping the old conversation takes nothing."""
    old = record("ann", status=Status.CLOSED, messages=0)
    old.conversations[2] = conversation(2, code="K7")
    found = index(old)
    new = old.draft()
    del new.conversations[1]
    found.update(old, new)
    assert found.record_of_code("K7") == old.record_id


def test_codes_are_not_remembered_for_ever() -> None:
    """Codes that have rested are forgotten, so that memory does not grow with age."""
    clock = Clock()
    codes = Codes(clock)
    for day in range(100):
        codes.rest(f"C{day}", clock())
        clock.forward(timedelta(days=1))
    codes.rest("last", clock())
    assert len(codes._resting) == 30
    assert codes.is_free("C0", clock())


def test_live_and_waiting_are_summaries_of_the_current_conversation() -> None:
    """The queue shows who waits, where, since when and with whom."""
    ann, bob = record("ann"), record("bob", code="B2", status=Status.CLOSED)
    ann.change_conversation(1, waiting_since=NOON, claimed_name="Léa")
    found = index(ann, bob)
    (live,) = found.live()
    assert (live.record_id, live.name, live.channel, live.code) == (ann.record_id, "Ann", "shop", "K7")
    assert (live.status, live.team, live.started_at) == (Status.OPEN, "support", NOON)
    assert (live.waiting_since, live.claimed_name) == (NOON, "Léa")
    assert list(found.waiting()) == [live]
    assert found.live_of(bob.record_id) is None
    new = ann.draft()
    new.change_conversation(1, waiting_since=None)
    found.update(ann, new)
    assert list(found.waiting()) == []
    assert len(list(found.live())) == 1


def test_outboxes_and_names() -> None:
    """The records with something to send are known, and every record that there is."""
    ann, bob, house = record("ann"), record("bob", code="B2"), House(record_id=HOUSE)
    ann.outbox[1] = item(1)
    house.outbox[1] = item(1)
    found = index(ann, bob, house)
    assert found.record_ids_with_outbox() == {ann.record_id, HOUSE}
    assert len(found) == 3
    assert all(each.record_id in found for each in (ann, bob, house))
    assert record("eve").record_id not in found
    assert f"other-{ann.record_id[-16:]}" not in found


def test_forgetting_leaves_only_the_code_at_rest() -> None:
    """Of an erased contact nothing is found, and the code is not given to the next one at once."""
    ann = record("ann")
    ann.outbox[1] = item(1)
    ann.change_conversation(1, status=Status.PENDING, settle_at=NOON)
    found = index(ann)
    found.forget(ann.record_id, ann)
    assert ann.record_id not in found
    assert len(found) == 0
    assert found.record_of_thread(TEAM_CHAT.thread("thread-ann")) is None
    assert found.record_of_post("desk:support", "p1") is None
    assert found.record_of_code("K7") is None
    assert not found.code_is_free("K7", NOON)
    assert found.next_due() is None
    assert found.record_ids_with_outbox() == set()
    assert list(found.live()) == []


def test_timers_come_due_in_order_and_stay_due() -> None:
    """A timer is named until its record has another, so that none is lost to a failed turn."""
    old = record("ann", status=Status.PENDING)
    old.change_conversation(1, settle_at=NOON + timedelta(seconds=2))
    bob = record("bob", code="B2", status=Status.PENDING)
    bob.change_conversation(1, menu_due_at=NOON + timedelta(seconds=1))
    found = index(old, bob)
    assert found.next_due() == NOON + timedelta(seconds=1)
    assert found.due(NOON) == []
    late = NOON + timedelta(hours=1)
    assert found.due(late) == [bob.record_id, old.record_id]
    assert found.due(late) == [bob.record_id, old.record_id]
    new = old.draft()
    new.change_conversation(1, settle_at=None)
    found.update(old, new)
    assert found.due(late) == [bob.record_id]


class CompactMapBesideDictionary(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.compact = CompactMap()
        self.plain: dict[int, int] = {}

    keys = st.integers(0, 600) | st.integers(2**64 - 600, 2**64 - 1)

    @rule(key=keys, value=st.integers(0, 2**64 - 1))
    def put(self, key: int, value: int) -> None:
        self.compact[key] = value
        self.plain[key] = value

    @rule(key=keys)
    def pop(self, key: int) -> None:
        self.compact.pop(key)
        self.plain.pop(key, None)

    @invariant()
    def equal(self) -> None:
        assert len(self.compact) == len(self.plain)
        assert all(self.compact.get(key) == value for key, value in self.plain.items())
        assert self.compact.get(300) == self.plain.get(300)


TestCompactMap = CompactMapBesideDictionary.TestCase
TestCompactMap.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)


def test_thread_that_passed_to_another_contact_stays_theirs() -> None:
    """When two records claim a thread, dropping the older claim leaves the newer one alone."""
    ann, bob = record("ann"), record("bob", code="B2")
    bob = bob.draft()
    bob.change_contact(threads=(Thread(chat=TEAM_CHAT, thread_id="thread-ann"),))
    found = index(ann, bob)
    new = ann.draft()
    new.change_contact(threads=())
    found.update(ann, new)
    assert found.record_of_thread(TEAM_CHAT.thread("thread-ann")) == bob.record_id
    assert found.record_of_thread(ChatRef("desk", "other", "thread-ann")) is None


def test_update_costs_only_what_changed() -> None:
    """Posts of messages that did not change are not looked at again."""
    old = record("ann", messages=3)
    found = index(old)
    found._posts._record_of.clear()
    found.update(old, said(old, "et encore"))
    assert found.record_of_post("desk:support", "p1") is None
    assert found.record_of_post("desk:support", "p4") == old.record_id
