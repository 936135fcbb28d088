"""A config.toml that changes while the process runs."""

import signal

from tests.journeys.house import CONFIG, WELCOME
from tests.journeys.people import people
from tests.journeys.process import Place, running

FACTURES = """
[teams.factures]
name = "Comptabilité"
chat = "webchat:factures"

[[routing.answers]]
label = "Factures"
when = ["4", "facture"]
team = "factures"
"""
ANNEXE = """
[channels.annexe]
plugin = "webchat"
enabled = {enabled}
desk_key = "la-clef-de-l-annexe"
"""


async def test_changed_file(place: Place) -> None:
    """A changed file is noticed by itself: the next contact reads the new welcome, and finds the new team."""
    async with running(place) as process, people(process.url) as crowd:
        early = await crowd.contact()
        await early.write("bonjour")
        assert (await early.reads("Bienvenue"))["text"] == WELCOME
        place.write(CONFIG.replace("Bienvenue", "Salut et bienvenue") + FACTURES)
        await process.logged("was reloaded")
        late = await crowd.contact("Camille")
        await late.write("bonjour")
        assert (await late.reads("Salut"))[
            "text"
        ] == f"Salut et {WELCOME[0].lower()}{WELCOME[1:]}\n4. Factures"
        await late.write("4")
        member = await crowd.member()
        assert set(member.screen.rooms) == {"support", "ventes", "factures", "inbox"}
        await (await member.thread("factures", "Camille")).shows("bonjour\n4")
        await early.write("4")
        await early.reads("Merci ! Comptabilité")
        assert len([line for line in process.log if "was reloaded" in line]) == 1


async def test_reload_on_request(place: Place) -> None:
    """SIGHUP reloads the file."""
    async with running(place) as process:
        before = len(process.log)
        process.process.send_signal(signal.SIGHUP)
        await process.logged("was reloaded", after=before)
        assert await process.stop() == 0


async def test_broken_file(place: Place) -> None:
    """A broken file changes nothing; the reason is in the log and, once, in the inbox."""
    async with running(place) as process, people(process.url) as crowd:
        member = await crowd.member()
        inbox = await member.open("inbox")
        place.write(CONFIG.replace("Bienvenue", "Salut").replace('"0.05s"', '"bientôt"'))
        reason = 'routing.settle: this is no duration; write "90s"'
        assert "the old one stays in force" in await process.logged(reason)
        assert "config.toml a changé et n'est pas correct" in (await inbox.shows(reason))["text"]
        contact = await crowd.contact()
        await contact.write("bonjour")
        assert (await contact.reads("Bienvenue"))["text"] == WELCOME

        before = len(process.log)
        process.process.send_signal(signal.SIGHUP)
        await process.logged(reason, after=before)
        place.write(CONFIG.replace("Bienvenue", "Salut"))
        await process.logged("was reloaded")
        await inbox.shows("config.toml est de nouveau correct")
        await member.screen.settle()
        assert len([text for text in inbox.texts if reason in text]) == 1
        assert await process.stop() == 0


def without_sales() -> str:
    """The configuration without the sales team and its answer."""
    rest = CONFIG[: CONFIG.index("[teams.ventes]")] + CONFIG[CONFIG.index("[inbox]") :]
    start = rest.index('[[routing.answers]]\nlabel = "Ventes"')
    end = rest.index('[[routing.answers]]\nlabel = "Horaires"')
    return rest[:start] + rest[end:]


async def test_open_chat_of_a_removed_team(place: Place) -> None:
    """What a contact of a removed team writes is seen and answered in the inbox."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact("Camille"), await crowd.member()
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        await contact.write("2")
        await member.thread("ventes", "Camille")
        place.write(without_sales())
        await process.logged("was reloaded")
        await contact.write("êtes-vous là ?")
        thread = await (await crowd.member("Bob")).thread("inbox", "Camille")
        await thread.shows("êtes-vous là ?")
        await thread.write("Oui, ici")
        await contact.reads("Oui, ici")


async def test_waiting_chat_of_a_removed_team(place: Place) -> None:
    """Who waits for a team that is removed is shown in the inbox at once, without writing again."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact("Camille"), await crowd.member()
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        await contact.write("2")
        await member.thread("ventes", "Camille")
        place.write(without_sales())
        thread = await member.thread("inbox", "Camille")
        await thread.shows("bonjour")


async def test_team_that_is_taken_away(place: Place) -> None:
    """A team that is removed is offered to nobody any more, and its room is gone from the list."""
    async with running(place) as process, people(process.url) as crowd:
        place.write(without_sales())
        await process.logged("was reloaded")
        contact, member = await crowd.contact(), await crowd.member()
        assert set(member.screen.rooms) == {"support", "inbox"}
        await contact.write("bonjour")
        assert (await contact.reads("Bienvenue"))["text"] == WELCOME.replace("2. Ventes\n", "")
        await contact.write("devis")
        await contact.reads("Je n'ai pas compris.")


async def test_channel_on_and_off(place: Place) -> None:
    """A channel that is added or switched off by a reload comes and goes; the others are not disturbed."""

    async def channels() -> set[str]:
        async with contact.session.get(f"{process.url}/health") as health:
            return set((await health.json())["channels"])

    async with running(place) as process, people(process.url) as crowd:
        contact = await crowd.contact("Camille")
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        place.write(CONFIG + ANNEXE.format(enabled="true"))
        await process.logged("annexe: connected")
        assert await channels() == {"webchat", "annexe"}
        before = len(process.log)
        place.write(CONFIG + ANNEXE.format(enabled="false"))
        await process.logged("was reloaded", after=before)
        assert await channels() == {"webchat"}
        await contact.write("2")
        await contact.reads("Merci !")
        assert await process.stop() == 0


async def test_a_record_with_a_fault(place: Place) -> None:
    """One faulty record keeps neither the process from starting, nor another conversation from moving."""
    async with running(place) as process, people(process.url) as crowd:
        for name in ("Camille", "Zoé"):
            contact = await crowd.contact(name)
            await contact.write("bonjour")
            await contact.reads("Bienvenue")
            await contact.write("2")
            await contact.reads("Merci")
        assert await process.stop() == 0
    (broken,) = [path for path in (place.data / "contacts").rglob("*.json") if "Camille" in path.read_text()]
    text = broken.read_text()
    assert '"number":1,"code"' in text
    broken.write_text(text.replace('"number":1,"code"', '"number":9,"code"'))
    place.write(without_sales())
    async with running(place) as process, people(process.url) as crowd:
        assert "unexpected KeyError" in await process.logged(broken.stem)
        await (await (await crowd.member()).thread("inbox", "Zoé")).shows("bonjour")
        place.write(without_sales().replace("Bienvenue", "Salut"))
        await process.logged("was reloaded")
        contact = await crowd.contact("Léo")
        await contact.write("bonjour")
        await contact.reads("Salut")
        assert await process.stop() == 0
