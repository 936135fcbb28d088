"""A conversation from the first word to its end, over the real process's HTTP and WebSockets."""

import pytest
from aiohttp import WSCloseCode

from tests.journeys.house import ASSIGNED_TO_SALES, WELCOME
from tests.journeys.people import Gone, people
from tests.journeys.process import Place, running


async def test_whole_conversation(place: Place) -> None:
    """A contact chooses a team, is answered, passed on, left in peace, and comes back to the same thread."""
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact("Camille"), await crowd.member("Ann")
        await contact.write("bonjour")
        welcome = await contact.reads("Bienvenue")
        assert welcome["text"] == WELCOME
        assert [choice["label"] for choice in welcome["choices"]] == ["Support", "Ventes", "Horaires"]
        await contact.write("2")
        await contact.reads(ASSIGNED_TO_SALES)

        sales = await member.thread("ventes", "Camille")
        await sales.shows("bonjour\n2")
        card = await sales.card("Camille", "Option : Ventes", "personne ne s'en occupe encore")
        assert [choice["label"].split()[-1] for choice in card["choices"]] == ["Prendre", "Passer", "Fermer"]
        assert sales.posts[0]["id"] == card["id"]

        note = await sales.write("// à rappeler demain")
        await sales.marked(note, "noted")
        await sales.write("/claime")
        await sales.shows("la commande /claime n'existe pas. Vouliez-vous dire /claim ?")
        reply = await sales.write("Bonjour Camille, c'est pour quoi ?")
        await contact.reads("c'est pour quoi ?")
        await sales.card("Ann s'en occupe")
        await contact.screen.socket.send_json(
            {"type": "seen", "message_ids": [contact.posts[-1]["id"]], "state": "read"}
        )
        await sales.marked(reply, "read")

        assert await sales.press("Passer") == "Passer à quelle équipe ?"
        await sales.card("Passer à quelle équipe ?")
        assert "Équipe de soutien" in await sales.press("Équipe de soutien")
        await contact.reads("Je vous passe Équipe de soutien.")
        await sales.shows("Ann a passé")
        await sales.card("Maintenant chez Équipe de soutien")
        await sales.closes()
        await sales.write("Encore un mot")
        await sales.shows("Pas envoyé :")
        support = await member.thread("support", "Camille")
        await support.card("personne ne s'en occupe encore")
        transcript = await support.shows("Camille : bonjour")
        assert transcript["text"].splitlines() == [
            "Camille : bonjour",
            "Camille : 2",
            "📝 Ann : à rappeler demain",
            "Ann → Bonjour Camille, c'est pour quoi ?",
        ]
        await support.shows("transmis par Équipe de vente")

        await contact.write("ma machine est en panne")
        await support.shows("ma machine est en panne")
        await support.write("On arrive.")
        await contact.reads("On arrive.")
        assert "a fermé" in await support.press("Fermer")
        await support.card("Fermée par Ann")
        await support.closes()
        await contact.write("merci")
        await support.shows("merci")
        assert support.is_closed
        await contact.write("encore une question")
        await support.shows("Camille a réécrit")
        await support.shows("encore une question")
        await support.closes(is_closed=False)
        await support.write("Oui ?")
        await contact.reads("Oui ?")

        assert contact.answers == [
            WELCOME,
            ASSIGNED_TO_SALES,
            "Bonjour Camille, c'est pour quoi ?",
            "Je vous passe Équipe de soutien.",
            "On arrive.",
            "Oui ?",
        ]
        assert support.texts.count("ma machine est en panne") == 1
        assert support.texts.count("encore une question") == 1
        assert await process.stop() == 0


async def test_open_page_at_a_stop(place: Place) -> None:
    """A page that is open when the process stops is told to come back, and nobody waits for it."""
    async with running(place) as process, people(process.url) as crowd:
        contact = await crowd.contact()
        process.process.terminate()
        with pytest.raises(Gone):
            await contact.reads("never written")
        assert contact.screen.socket.close_code == WSCloseCode.SERVICE_RESTART
        assert await process.wait() == 0
