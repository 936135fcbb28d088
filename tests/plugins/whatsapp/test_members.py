"""A team of WhatsApp numbers: a customer is routed to them, and answered from their phones."""

from pathlib import Path

from tests.journeys.house import ASSIGNED_TO_SALES
from tests.journeys.process import running
from tests.plugins.whatsapp.harness import NUMBER
from tests.plugins.whatsapp.people import ANN_ID, Customer, Phone, open_platform
from tests.plugins.whatsapp.rig import ANN, OURS
from tests.simulators.twilio_contents import text_template
from tests.simulators.twilio_hooks import Person
from tests.simulators.twilio_messages import Content

DORA = Person(
    address="whatsapp:+33611111111", name="Dora", external_id="whatsapp:FR.111", wa_id="33611111111"
)
EMIL = Person(address="whatsapp:+33622222222", name="Emil", wa_id="33622222222")
WAKE = "HX" + "c" * 32
TEAM = 'members = ["whatsapp:+33611111111", "whatsapp:+33622222222"]'


async def test_item_17_team_of_numbers(tmp_path: Path) -> None:
    """Every member is shown a customer until one answers by quoting; then that one alone, and no other."""
    async with open_platform(tmp_path) as (place, platform):
        config = place.config.read_text(encoding="utf-8")
        place.write(config.replace('chat = "webchat:ventes"', TEAM))
        async with running(place):
            ann, dora, emil = Customer(platform=platform), Phone(platform, DORA), Phone(platform, EMIL)
            await dora.write("on")
            await emil.write("on")
            await ann.write("bonjour")
            await ann.reads("Bienvenue")
            await ann.write("2")
            await ann.reads(ASSIGNED_TO_SALES)
            post = await dora.reads("bonjour\n2")
            assert (await emil.reads("bonjour\n2")).body == post.body
            assert post.body.startswith("#")
            assert "Ann Example" in post.body

            await dora.write(
                "Bonjour Ann, c'est Dora.",
                OriginalRepliedMessageSid=post.sid,
                OriginalRepliedMessageSender=OURS,
            )
            await ann.reads("c'est Dora")
            await emil.reads("c'est Dora")
            before = len(emil.shown())
            await ann.write("merci, encore une question")
            await dora.reads("encore une question")
            await dora.write("laquelle ?")
            await ann.reads("laquelle ?")
            assert not any("encore une question" in each.body for each in emil.shown()[before:])
            assert [each.body for each in platform.book.shown(ANN_ID)][-2:] == [
                "Bonjour Ann, c'est Dora.",
                "laquelle ?",
            ]
            assert ANN.address not in "".join(each.body for each in dora.shown())


async def test_item_14_burst_costs_little(tmp_path: Path) -> None:
    """Six lines in one go reach a member as one or two paid messages, all of them and in order."""
    async with open_platform(tmp_path) as (place, platform):
        config = place.config.read_text(encoding="utf-8")
        place.write(config.replace('chat = "webchat:ventes"', TEAM))
        async with running(place):
            ann, dora = Customer(platform=platform), Phone(platform, DORA)
            await dora.write("on")
            await ann.write("bonjour")
            await ann.reads("Bienvenue")
            await ann.write("2")
            await dora.reads("bonjour\n2")
            before = len(dora.shown())
            for number in range(6):
                await ann.write(f"ligne {number}")
            await dora.reads("ligne 5")
            posts = [each.body for each in dora.shown()[before:]]
            assert len(posts) <= 2
            lines = [line for line in "\n".join(posts).splitlines() if "ligne" in line]
            assert lines == [f"ligne {number}" for number in range(6)]


async def test_item_18_sleeping_member_is_woken(tmp_path: Path) -> None:
    """Who has not written for a day is asked by template to write in, and then has the customer."""
    async with open_platform(tmp_path) as (place, platform):
        body = "Un client attend. Répondez « on » pour le recevoir."
        platform.book.contents[WAKE] = Content(types=text_template(body), is_approved=True)
        config = place.config.read_text(encoding="utf-8").replace('chat = "webchat:ventes"', TEAM)
        number = f'number = "{NUMBER}"'
        place.write(config.replace(number, f'{number}\nwake_template = "{WAKE}"'))
        async with running(place):
            ann, dora = Customer(platform=platform), Phone(platform, DORA)
            await ann.write("bonjour")
            await ann.reads("Bienvenue")
            await ann.write("2")
            await ann.reads(ASSIGNED_TO_SALES)
            woken = await dora.reads("Un client attend")
            assert woken.late_error == 0
            await dora.write("on")
            await dora.reads("bonjour\n2")
