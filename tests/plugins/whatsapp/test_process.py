"""A WhatsApp customer from the first word on, through the whole process and a strict Twilio."""

from pathlib import Path

import pytest

from tests.journeys.house import ASSIGNED_TO_SALES, WELCOME
from tests.journeys.people import Thread, people
from tests.journeys.process import Running, running
from tests.plugins.whatsapp.harness import MENU, NUMBER, TOKEN
from tests.plugins.whatsapp.people import ANN_ID, CLEO, PHOTO, Customer, open_platform
from tests.plugins.whatsapp.rig import ANN, BOB, OURS
from tests.simulators.twilio_contents import list_picker, text_template
from tests.simulators.twilio_hooks import Person
from tests.simulators.twilio_messages import Content

REMINDER = "HX" + "b" * 32


async def test_customer_is_welcomed_routed_and_answered(tmp_path: Path) -> None:
    """A customer chooses a team by number, sends a photo, is answered from the web rooms, and reads it."""
    async with (
        open_platform(tmp_path) as (place, platform),
        running(place, "--log-level", "DEBUG") as process,
        people(process.url) as crowd,
    ):
        ann, member = Customer(platform=platform), await crowd.member("Carla")
        await ann.write("bonjour")
        welcome = await ann.reads("Bienvenue")
        assert welcome.body == WELCOME
        assert welcome.sender == OURS
        await ann.write("2")
        await ann.reads(ASSIGNED_TO_SALES)
        sales = await member.thread("ventes", "Ann Example")
        await sales.shows("bonjour\n2")

        await ann.send_photo("comme celle-ci")
        shown = await sales.shows("comme celle-ci")
        assert await picture(sales, shown["id"], process) == PHOTO
        assert not platform.leaked

        reply = await sales.write("Bonjour Ann, elle coûte 120 €.")
        sent = await ann.reads("120 €")
        await sales.marked(reply, "sent")
        await platform.settle(sent)
        await sales.marked(reply, "delivered")
        await platform.hooks.tell(sent, "read")
        await platform.hooks.tell(sent, "sent")
        await sales.marked(reply, "read")

        await ann.write("je la prends", OriginalRepliedMessageSid=sent.sid)
        await sales.shows("je la prends")
        late = await sales.write("C'est noté !")
        told = await ann.reads("C'est noté")
        assert await platform.hooks.tell(told, "undelivered", error_code=63016) == 200
        await sales.shows("63016")
        await sales.marked(late, "failed")
        assert len(platform.book.shown(ANN_ID)) == 4
        assert await process.stop() == 0
        assert TOKEN not in "\n".join(process.log)
        assert "la prends" not in "\n".join(process.log)


async def test_menu_is_pressed(tmp_path: Path) -> None:
    """With a template for menus the welcome has buttons, and the one that is pressed chooses the team."""
    async with open_platform(tmp_path) as (place, platform):
        platform.book.contents[MENU] = Content(types=list_picker(items=10))
        number = f'number = "{NUMBER}"'
        config = place.config.read_text(encoding="utf-8")
        place.write(config.replace(number, f'{number}\nmenu_content = "{MENU}"'))
        async with running(place):
            ann = Customer(platform=platform)
            await ann.write("bonjour")
            welcome = await ann.reads("Bienvenue")
            assert welcome.body == WELCOME
            assert [label for label, _ in welcome.choices] == ["Support", "Ventes", "Horaires"]
            label, payload = welcome.choices[1]
            await ann.write(
                label,
                MessageType="interactive",
                ListId=payload,
                ListTitle=label,
                OriginalRepliedMessageSid=welcome.sid,
            )
            await ann.reads(ASSIGNED_TO_SALES)


async def test_template_after_the_window(tmp_path: Path) -> None:
    """A reply that came too late can be followed by a template, which the team sends by its name."""
    async with open_platform(tmp_path) as (place, platform):
        platform.book.contents[REMINDER] = Content(
            types=text_template("Bonjour {{1}}, {{2}}."), is_approved=True
        )
        config = place.config.read_text(encoding="utf-8")
        table = f'[channels.whatsapp.templates]\nrappel = "{REMINDER}"\n\n[teams.support]'
        place.write(config.replace("[teams.support]", table, 1))
        async with running(place) as process, people(process.url) as crowd:
            ann, member = Customer(platform=platform), await crowd.member("Carla")
            await ann.write("bonjour")
            await ann.reads("Bienvenue")
            await ann.write("2")
            await ann.reads(ASSIGNED_TO_SALES)
            sales = await member.thread("ventes", "Ann Example")
            platform.book.forget_windows()
            await sales.write("c'est prêt")
            late = await ann.reads("c'est prêt")
            await platform.settle(late)
            await sales.shows("63016")
            await sales.write("/template rappel Ann | votre vélo est prêt")
            template = await ann.reads("Bonjour Ann, votre vélo est prêt.")
            assert template.late_error == 0


@pytest.mark.parametrize("person", [ANN, CLEO])
async def test_missed_message_is_caught_up(tmp_path: Path, person: Person) -> None:
    """What was written while the process was down reaches the team once it is up; nothing comes twice.

    A list has no more than the number of who shows it, and it is the same customer all the same.
    """
    async with open_platform(tmp_path) as (place, platform):
        customer = Customer(platform=platform, person=person)
        async with running(place) as process:
            await customer.write("bonjour")
            await customer.reads("Bienvenue")
            await customer.write("2")
            await customer.reads(ASSIGNED_TO_SALES)
            assert await process.stop() == 0
        platform.book.hear(person.address, OURS, "vous êtes là ?", external_id=person.external_id)
        async with running(place) as process, people(process.url) as crowd:
            member = await crowd.member("Carla")
            sales = await member.thread("ventes", person.name)
            await sales.shows("vous êtes là ?")
            assert [text for text in sales.texts if text == "bonjour\n2"] == ["bonjour\n2"]


async def test_forgotten_customer_is_erased_at_twilio(tmp_path: Path) -> None:
    """Erasing a customer deletes what Twilio holds of them, and catching up brings nothing of it back."""
    async with open_platform(tmp_path) as (place, platform):
        ann = Customer(platform=platform)
        async with running(place) as process:
            await ann.write("bonjour")
            await ann.reads("Bienvenue")
            bob = platform.hooks.message(BOB, OURS, "bonjour")
            assert (await platform.hooks.push(bob))[0] == 200
            erased = await place.command("forget", ANN_ID)
            assert erased.code == 0, erased.err
            assert await process.stop() == 0
        left = {each.sender for each in platform.book.messages.values() if each.is_inbound}
        assert left == {BOB.address}
        assert not platform.book.shown(ANN_ID)
        unknown = await place.command("export", ANN_ID)
        assert unknown.code == 1


async def picture(thread: Thread, post_id: str, process: Running) -> bytes:
    """The file of a post, as the room's page loads it."""
    params = {"room": thread.room, "thread": thread.thread_id, "id": post_id}
    async with thread.member.session.get(f"{process.url}/desk/media/", params=params) as answer:
        assert answer.status == 200
        return await answer.read()
