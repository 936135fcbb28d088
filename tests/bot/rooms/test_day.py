"""The working day, from the first message to the rating, over the real core."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import HOUSE, House, Status, Timer, record_id_of
from tests.bot.building import START, settings_of
from tests.bot.rooms.world import (
    ANSWERS,
    BOB,
    EVE,
    FORUM,
    INBOX_CHAT,
    JOE,
    MARY,
    SALES,
    SUPPORT,
    TEAMS,
    ZOE,
    World,
    opened,
)

OFFICE = """
[hours.office]
mon-fri = ["08:00-18:00"]
away = "We are closed. {team} answers {next_open}."
[lifecycle]
auto_close = "48h"
closing = "Good bye, {first_name}."
closing_delay = "10m"
acks = ["thanks"]
[reminders]
team = ["10m", "30m"]
escalate_after = "2h"
escalate_to = "support"
[rating]
enabled = true
question = "How was it? 1 to 5"
thanks = "Thank you!"
[canned]
hello = { en = "Hello from {team}", fr = "Bonjour de {team}" }
"""
WITH_HOURS = TEAMS.replace('chat = "group:sales"', 'chat = "group:sales"\nhours = "office"').replace(
    'members = ["phone:bob", "phone:eve", "phone:joe"]',
    'members = ["phone:bob", "phone:eve", "phone:joe"]\nhours = "office"',
)


class Day(World):
    """A world in which time passes, and timers fire."""

    async def passes(self, time: timedelta) -> None:
        """Let time pass; what comes due meanwhile acts when it does."""
        end = self.now + time
        index = self.core.store.index
        while (due := index.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            for record_id in index.due(self.now):
                await self.core.receiver.due(record_id)
            await self.settle()
        self.now = end

    async def until(self, moment: str) -> None:
        """Let time pass until a moment of March 2026, in UTC."""
        day, clock = moment.split()
        hour, minute = clock.split(":")
        await self.passes(
            self.now.replace(day=int(day), hour=int(hour), minute=int(minute), second=0) - self.now
        )


@asynccontextmanager
async def day(folder: Path, toml: str = OFFICE, **more: Any) -> AsyncIterator[Day]:
    settings = settings_of(toml, teams=WITH_HOURS, answers=ANSWERS, **more)
    async with opened(folder, settings) as world:
        world.__class__ = Day
        assert isinstance(world, Day)
        await world.core.receiver.rehouse()
        yield world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Day]:
    """Monday morning, with everything switched on."""
    async with day(tmp_path) as world:
        yield world


async def answer(world: World, text: str = "Here I am", by: str = "ann") -> None:
    await world.writes(text, SALES, by=by, to=world.shown(SALES)[0])


# Away


async def test_a_closed_team_says_when_it_opens(world: Day) -> None:
    """Who is assigned to a team that is away reads when it opens, in place of the usual text, and once."""
    await world.until("2 20:00")
    await world.assigned("sales")
    await world.says("Hello?")
    assert world.texts(MARY)[-1] == "We are closed. Sales answers tomorrow at 8:00."
    assert sum("We are closed" in text for text in world.texts(MARY)) == 1


async def test_it_is_said_again_the_next_night(world: Day) -> None:
    """Each closed time is told once: the next night anew."""
    await world.until("2 20:00")
    await world.assigned("sales")
    await world.until("3 08:30")
    await answer(world)
    await world.until("3 20:00")
    await world.says("Still there?")
    await world.says("Hello?")
    assert world.texts(MARY)[-1] == "We are closed. Sales answers tomorrow at 8:00."
    assert sum("We are closed" in text for text in world.texts(MARY)) == 2


async def test_it_does_not_interrupt_people(world: Day) -> None:
    """Within ten minutes of a person's message nobody is told that nobody is there."""
    await world.until("2 17:55")
    await world.assigned("sales")
    await world.until("2 18:02")
    await answer(world)
    await world.until("2 18:08")
    await world.says("One more thing")
    assert not any("We are closed" in text for text in world.texts(MARY))
    await world.until("2 18:20")
    await world.says("And another")
    assert world.texts(MARY)[-1].startswith("We are closed.")


@pytest.mark.parametrize(
    ("moment", "words"),
    [("6 20:00", "Monday at 8:00"), ("2 07:00", "today at 8:00"), ("3 19:30", "tomorrow at 8:00")],
)
async def test_next_open_in_words(tmp_path: Path, moment: str, words: str) -> None:
    """The next opening is said as people say it."""
    async with day(tmp_path) as world:
        world.now = world.now.replace(day=1, hour=12)
        await world.until(moment)
        await world.assigned("sales")
        assert world.texts(MARY)[-1] == f"We are closed. Sales answers {words}."


async def test_held_and_handed_over(world: Day) -> None:
    """What comes at night is shown without a sound, and at opening the team sees who waits, longest first."""
    await world.until("2 20:00")
    await world.assigned("sales")
    await world.until("3 02:00")
    await world.assigned("sales", ZOE)
    assert all(each.message.silent for each in world.shown(SALES) if each.message.author)
    await world.until("3 08:00")
    digest = world.last(SALES).text.splitlines()
    assert digest[0] == "☀️ Good morning: these wrote while you were away."
    assert [row.split()[2] for row in digest[2:]] == ["Mary", "Zoe"]
    shown = len(world.shown(SALES))
    await world.until("3 08:05")
    assert len(world.shown(SALES)) == shown


async def test_an_opening_that_came_while_the_process_was_down(tmp_path: Path) -> None:
    """A team that opened meanwhile is shown who waits at the next start, once."""
    async with day(tmp_path) as world:
        await world.until("2 20:00")
        await world.assigned("sales")
    for digests in (1, 0):
        async with day(tmp_path) as world:
            world.now = START + timedelta(hours=23, minutes=30)
            await world.passes(timedelta(minutes=1))
            found = [text for text in world.texts(SALES) if "Good morning" in text]
            assert len(found) == digests


async def test_notify(tmp_path: Path) -> None:
    """With `notify` a team that is away hears what comes, and gets no digest."""
    toml = OFFICE.replace('away = "We', 'away_action = "notify"\naway = "We')
    async with day(tmp_path, toml) as world:
        await world.until("2 20:00")
        await world.assigned("sales")
        assert not any(each.message.silent for each in world.shown(SALES) if each.message.author)
        await world.until("3 08:01")
        assert not any("Good morning" in text for text in world.texts(SALES))


async def test_faq_and_routing_work_around_the_clock(world: Day) -> None:
    """At night the bot welcomes and routes as by day."""
    await world.until("2 22:00")
    await world.says("Good evening")
    assert world.texts(MARY)[-1].startswith("Hello Mary, welcome")
    await world.says("support")
    assert world.texts(MARY)[-1] == "Support will answer you here."


async def test_callbell_says_away_to_new_conversations_only(tmp_path: Path) -> None:
    """With the preset a message in an open conversation is not answered, and a new one is."""
    async with day(tmp_path, top='preset = "callbell"') as world:
        await world.assigned("sales")
        await world.until("2 20:00")
        await world.says("Hello?")
        assert not any("We are closed" in text for text in world.texts(MARY))
        await world.assigned("sales", ZOE)
        assert world.texts(ZOE)[-1].startswith("We are closed.")


# Waiting


async def test_reminders(world: Day) -> None:
    """Who waits is called to mind: first to who has it, then to all; then it is free again."""
    await world.until("2 09:00")
    await world.assigned("sales")
    await world.writes(f"/claim {await world.code()}", SALES, by="ann")
    await world.passes(timedelta(minutes=11))
    assert "⏰ Ann Lee: Mary Lee has been waiting for 10 min." in world.last(SALES).text
    await world.passes(timedelta(minutes=20))
    texts = "\n".join(world.texts(SALES)[-2:])
    assert "⏰ Mary Lee has been waiting for 30 min." in texts
    assert "Ann Lee has not answered" in texts
    assert not (await world.conversation()).claimed_by
    await world.passes(timedelta(minutes=80))
    assert sum("⏰" in text for text in world.texts(SALES)) == 2


async def test_a_team_has_its_own_time(world: Day) -> None:
    """What the bot had for two hours is called to mind ten minutes after people got it, not at once."""
    await world.says("Good day")
    await world.passes(timedelta(hours=2, minutes=1))
    place = await world.place(INBOX_CHAT)
    await world.passes(timedelta(minutes=8))
    assert not any("⏰" in text for text in world.texts(place))
    await world.passes(timedelta(minutes=3))
    assert sum("⏰" in text for text in world.texts(place)) == 1


async def test_an_answer_ends_the_wait(world: Day) -> None:
    """Once somebody has answered nobody is reminded, and the next wait is reminded anew."""
    await world.assigned("sales")
    await answer(world)
    await world.passes(timedelta(hours=3))
    assert not any("⏰" in text for text in world.texts(SALES))
    await world.says("Thanks, and how much?")
    await world.passes(timedelta(minutes=11))
    assert sum("⏰" in text for text in world.texts(SALES)) == 1


async def test_the_night_does_not_count(world: Day) -> None:
    """A wait is counted in opening hours: what came at five to six is called to mind the next morning."""
    await world.until("2 17:55")
    await world.assigned("sales")
    await world.until("3 07:59")
    assert not any("⏰" in text for text in world.texts(SALES))
    await world.until("3 08:06")
    assert any("⏰ Mary Lee has been waiting" in text for text in world.texts(SALES))


async def test_escalation(world: Day) -> None:
    """After the last word the conversation goes to the team that stands in, and its contact is told once."""
    await world.assigned("sales")
    await world.passes(timedelta(hours=2, minutes=1))
    assert (await world.conversation()).team == "support"
    place = await world.place(SUPPORT)
    assert any(
        "The bot passes it on: waiting for 2 h 00 without an answer" in text for text in world.texts(place)
    )
    assert world.texts(MARY)[-1] == "I pass you on to Support."
    await world.passes(timedelta(hours=5))
    assert (await world.conversation()).team == "support"


async def test_reminders_of_a_list(world: Day) -> None:
    """In a list the first reminder is for who has the conversation, the second for all on duty."""
    await world.awake(BOB, EVE, JOE)
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.passes(timedelta(minutes=11))
    assert "⏰ Bob Lee" in world.last(BOB).text
    assert "⏰" not in world.last(EVE).text
    await world.passes(timedelta(minutes=20))
    assert any("⏰ Mary Lee" in text for text in world.texts(EVE))


async def test_timers_outlive_the_process(tmp_path: Path) -> None:
    """A reminder that came due while the process was down comes at the next start, once."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
    async with day(tmp_path) as world:
        world.now = START + timedelta(minutes=15)
        await world.passes(timedelta(minutes=1))
        assert sum("⏰" in text for text in world.texts(SALES)) == 1


async def test_a_clock_set_back_repeats_nothing(world: Day) -> None:
    """After the clock was set back nothing that was said is said again."""
    await world.assigned("sales")
    await world.passes(timedelta(minutes=11))
    world.now -= timedelta(hours=1)
    await world.passes(timedelta(minutes=70))
    assert sum("⏰" in text for text in world.texts(SALES)) == 1


async def test_a_timer_of_an_erased_contact(world: Day) -> None:
    """A timer whose contact was erased does nothing."""
    await world.assigned("sales")
    await world.core.intake.forget(record_id_of(MARY))
    shown = len(world.shown(SALES))
    await world.passes(timedelta(hours=3))
    assert len(world.shown(SALES)) == shown


# Ends


async def test_close_later(world: Day) -> None:
    """A conversation can be left to be closed, and is, with who asked."""
    await world.assigned("sales")
    await answer(world, "/close 1h")
    assert "will be closed in 1 h" in world.last(SALES).text
    await world.passes(timedelta(minutes=59))
    assert (await world.conversation()).status is Status.OPEN
    await world.passes(timedelta(minutes=2))
    conversation = await world.conversation()
    assert (conversation.status, conversation.closed_by) == (Status.CLOSED, "Ann Lee")


@pytest.mark.parametrize("what", ["the contact writes", "it is cancelled"])
async def test_close_later_and_not_after_all(world: Day, what: str) -> None:
    """It stays open when the contact writes, or somebody says so."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close 2h")
    if what == "the contact writes":
        await world.says("Wait!")
    else:
        await answer(world, "/close cancel")
        assert "stays open" in world.last(SALES).text
    await world.passes(timedelta(hours=3))
    assert (await world.conversation()).status is Status.OPEN


@pytest.mark.parametrize("argument", ["2hr", "2parsecs", "1,5h", "2 hours"])
async def test_a_time_that_is_none(world: Day, argument: str) -> None:
    """What looks like a length of time and is none closes nothing, and is asked about."""
    await world.assigned("sales")
    await answer(world, f"/close {argument}")
    assert (await world.conversation()).status is Status.OPEN
    assert "Write /close 2h" in world.last(SALES).text


async def test_close_with_a_reason(world: Day) -> None:
    """A reason is kept and shown; cancelling what was not asked for says so."""
    await world.assigned("sales")
    await answer(world, "/close cancel")
    assert "was not going to be closed" in world.last(SALES).text
    await answer(world, "/close not our town")
    assert (await world.conversation()).reason == "not our town"


async def test_the_last_words(world: Day) -> None:
    """The closing message comes after its delay, with the question; thanks are thanks."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.says("Thanks!")
    assert (await world.conversation()).status is Status.CLOSED
    assert world.texts(MARY)[-1] == "Here I am"
    await world.passes(timedelta(minutes=11))
    assert world.texts(MARY)[-2:] == ["Good bye, Mary.", "How was it? 1 to 5"]


async def test_no_last_words_to_who_came_back(world: Day) -> None:
    """Whose conversation is open again is not told good bye."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.says("One more question")
    await world.passes(timedelta(minutes=20))
    assert not any("Good bye" in text for text in world.texts(MARY))


async def test_auto_close(world: Day) -> None:
    """Two days after the last human reply it is closed; never while the contact waits."""
    await world.assigned("support")
    place = await world.place(SUPPORT)
    await world.writes("Here I am", place, by="ann")
    await world.passes(timedelta(hours=47))
    await world.says("Are you?")
    await world.passes(timedelta(hours=20))
    assert (await world.conversation()).status is Status.OPEN
    await world.writes("Yes", place, by="ann")
    await world.passes(timedelta(hours=49))
    assert (await world.conversation()).status is Status.CLOSED


async def test_snooze(world: Day) -> None:
    """What is put aside is in nobody's way until then, and back then."""
    await world.assigned("sales")
    await answer(world, "/snooze 3h")
    await world.writes("/queue", SALES, by="ann")
    assert "Mary" not in world.last(SALES).text
    await world.passes(timedelta(hours=2))
    assert not any("⏰" in text for text in world.texts(SALES))
    await world.passes(timedelta(hours=1, minutes=2))
    assert any("is back" in text for text in world.texts(SALES))
    await world.passes(timedelta(minutes=11))
    assert any("has been waiting" in text for text in world.texts(SALES))


async def test_a_message_ends_a_snooze(world: Day) -> None:
    """It ends when the contact writes."""
    await world.assigned("sales")
    await answer(world, "/snooze 3h")
    await world.says("Hello?")
    assert Timer.SNOOZE not in (await world.conversation()).timers
    await world.writes("/queue", SALES, by="ann")
    assert "Mary" in world.last(SALES).text


@pytest.mark.parametrize("argument", ["", "soon", "0s", "-2h", "99999999h"])
async def test_a_snooze_that_is_none(world: Day, argument: str) -> None:
    """What is no length of time is answered with what to write, and nothing changes."""
    await world.assigned("sales")
    await answer(world, f"/snooze {argument}")
    assert "Write /snooze 2h" in world.last(SALES).text
    assert Timer.SNOOZE not in (await world.conversation()).timers


async def test_a_new_conversation_names_the_earlier_one(world: Day) -> None:
    """A later conversation with another team says where the earlier one is."""
    code = await world.assigned("support")
    place = await world.place(SUPPORT)
    await world.writes("/close", place, by="ann")
    await world.passes(timedelta(days=3))
    await world.assigned("sales")
    expected = f"The earlier conversation {code} was with Support: https://chats/support/{place.thread_id}"
    assert any(expected in text for text in world.texts(SALES))


# Ratings


async def rated(world: Day, *said: str) -> None:
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.passes(timedelta(minutes=11))
    for text in said:
        await world.says(text)


@pytest.mark.parametrize("text", ["4", " 4 ", "４", "4️⃣"])
async def test_a_rating(world: Day, text: str) -> None:
    """A lone digit is the rating, however it is typed; the team sees it, the contact is thanked."""
    await rated(world, text)
    conversation = await world.conversation()
    assert (conversation.rating, conversation.status) == (4, Status.CLOSED)
    assert world.texts(MARY)[-1] == "Thank you!"
    assert any("Mary Lee rated" in text and "★★★★" in text for text in world.texts(SALES))


@pytest.mark.parametrize("text", ["6", "0", "4 please", "thanks, 5", "45", "Where is my order?"])
async def test_what_is_no_rating(world: Day, text: str) -> None:
    """Anything else is an ordinary message, and is not swallowed."""
    await rated(world, text)
    conversation = await world.conversation()
    assert conversation.rating == 0
    assert conversation.status is Status.OPEN
    assert world.shown(SALES)[-2].text.endswith(text) or world.last(SALES).text.endswith(text)


async def test_a_button_is_a_rating_too(world: Day) -> None:
    """A pressed star counts, once; a second press changes the number and thanks nobody again."""
    await rated(world)
    code = await world.code()
    for number in (2, 5):
        await world.presses(f"rate {code} {number}", MARY)
    assert (await world.conversation()).rating == 5
    assert world.texts(MARY).count("Thank you!") == 1


async def test_the_reason_of_a_low_rating(world: Day) -> None:
    """What follows a low rating is kept as its reason, and reaches the team as the message it is."""
    await rated(world, "1", "Nobody called me back")
    conversation = await world.conversation()
    assert conversation.rating_comment == "Nobody called me back"
    assert any("Nobody called me back" in text for text in world.texts(SALES))


async def test_who_was_not_answered_is_not_asked(world: Day) -> None:
    """Without a person's reply there is no question; and it is asked once in a conversation."""
    await world.assigned("sales")
    await world.writes(f"/close {await world.code()}", SALES, by="ann")
    await world.passes(timedelta(minutes=11))
    assert world.texts(MARY)[-1] == "Good bye, Mary."
    await world.says("Hello again")
    await answer(world)
    for _ in range(2):
        await answer(world, "/close")
        await world.passes(timedelta(minutes=11))
        await world.says("Not yet")
    assert world.texts(MARY).count("How was it? 1 to 5") == 1


async def test_a_late_digit_is_a_message(world: Day) -> None:
    """Days after the question a digit is an ordinary message again."""
    await rated(world)
    await world.passes(timedelta(days=3))
    await world.says("4")
    assert (await world.record()).conversations[1].rating == 0


# Ready answers


async def test_canned_replies(tmp_path: Path) -> None:
    """A ready answer can be looked at first, and is the team's own where it has one."""
    teams = WITH_HOURS.replace(
        'name = "Sales"', 'name = "Sales"\ncanned = { hello = "Sales says hello", price = "Ten" }'
    )
    settings = settings_of(OFFICE, teams=teams, answers=ANSWERS)
    async with opened(tmp_path, settings) as world:
        await world.assigned("sales")
        before = world.texts(MARY)
        await answer(world, "/c hello ?")
        assert world.texts(MARY) == before
        assert "Not sent. Mary Lee would read: Sales says hello" in world.last(SALES).text
        await answer(world, "/c hello")
        assert world.texts(MARY)[-1] == "Sales says hello"
        await answer(world, "/c nothing")
        assert "Ready answers: hello, price." in world.last(SALES).text
        await world.assigned("support", ZOE)
        place = await world.place(SUPPORT, ZOE)
        await world.writes("/c hello", place, by="ann")
        assert world.texts(ZOE)[-1] == "Hello from Support"


# The board


async def test_the_board(tmp_path: Path) -> None:
    """Each team chat that can pin shows who waits, changed in place, and only when something changed."""
    async with opened(tmp_path, forum=replace(FORUM, pins=True)) as world:
        code = await world.assigned("support")
        for _ in range(3):
            await world.core._boards.look()
            await world.settle()
        board = world.shown(SUPPORT)
        assert [each.text for each in board] == [
            f"📋 Waiting for us: 1\n{code} Mary Lee · 02/03 09:00 · free"
        ]
        await world.writes("Here I am", await world.place(SUPPORT), by="ann")
        await world.core._boards.look()
        await world.settle()
        assert [each.text for each in world.shown(SUPPORT)] == ["📋 Waiting for us: 0"]
        house = await world.core.intake.look(HOUSE)
        assert isinstance(house, House)
        assert set(house.boards) == {SUPPORT.address, INBOX_CHAT.address}


async def test_the_window_is_about_to_shut(tmp_path: Path) -> None:
    """An hour before the platform takes no answer any more the team is told, once."""
    async with day(tmp_path, OFFICE.partition("[lifecycle]")[0]) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        await world.passes(timedelta(hours=22))
        assert not any("⏳" in text for text in world.texts(place))
        await world.passes(timedelta(hours=3))
        warnings = [text for text in world.texts(place) if "⏳" in text]
        assert len(warnings) == 1
        assert warnings[0].startswith("⏳ Mary Lee can be answered until 03/03 09:0")
