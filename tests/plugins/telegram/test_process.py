"""The whole process on Telegram: customers on one side, members in topics on the other."""

from pathlib import Path

from plugins.telegram.webhook import secret_of
from tests.plugins.telegram.house import ANN, SUPPORT, House, house
from tests.serving import free_port
from tests.simulators.telegram import TOKEN
from tests.simulators.telegram_chats import Payload
from tests.simulators.telegram_methods import DOWNLOAD_LIMIT_BYTES
from tests.simulators.telegram_people import user
from tests.simulators.telegram_updates import Trouble

CARL = user(21, "Carl")


async def test_from_hello_to_an_answer(tmp_path: Path) -> None:
    """A customer is welcomed, routed, shown in a topic with a pinned card, and answered from it."""
    async with house(tmp_path) as here, here.served() as process:
        people, chat = here.people, here.chat_of(CARL)
        people.write(CARL, "hello")
        welcome = await people.sees(chat, "Welcome to Maison Dupont, Carl!")
        assert [button["text"] for button in welcome.buttons] == ["Support", "Sales"]
        people.write(CARL, "help, it is broken")
        await people.sees(chat, "Support will answer you here.")
        topic = await people.topic_of(here.support, "Carl")
        await people.sees(here.support, "it is broken", topic=topic)
        card = await people.until(lambda: next((each for each in here.support.ours if each.is_pinned), None))
        assert card.topic == topic
        assert not here.sales.topics

        await here.calm(process)
        reply = people.write(ANN, "Have you tried turning it on?", chat=here.support, topic=topic)
        answer = await people.sees(chat, "Have you tried turning it on?")
        assert answer.text == "Have you tried turning it on?"
        await people.until(lambda: reply.reaction or None)
        assert reply.reaction == "👍"

        people.write(CARL, "It works now", answers=answer.message_id)
        shown = await people.sees(here.support, "It works now", topic=topic)
        assert shown.payload["reply_to_message"]["message_id"] == reply.message_id


async def test_the_same_by_webhook(tmp_path: Path) -> None:
    """A bot that the platform calls does the same: each call is signed, and answered once it is stored."""
    port = free_port()
    async with house(tmp_path) as here:
        here.write_config(mode="webhook", server=f'public_url = "http://127.0.0.1:{port}"', port=port)
        async with here.served() as process:
            people = here.people
            await here.routed(CARL)
            topic = await people.topic_of(here.support, "Carl")
            await people.sees(here.support, "help", topic=topic)
            await here.calm(process)
            people.write(ANN, "on my way", chat=here.support, topic=topic)
            await people.sees(here.chat_of(CARL), "on my way")
            assert not [method for method, _ in here.platform.calls if method == "getUpdates"]


def large_film(here: House) -> Payload:
    """A film that the platform gives no bot the content of."""
    file_id = here.platform.chats.keep_file("video", bytes(DOWNLOAD_LIMIT_BYTES + 1))
    return {
        "video": {"file_id": file_id, "file_unique_id": "u", "width": 9, "height": 9, "duration": 1}
        | {"file_name": "film.mp4", "file_size": DOWNLOAD_LIMIT_BYTES + 1}
    }


async def test_a_file_too_large_to_fetch_is_passed_on(tmp_path: Path) -> None:
    """Within the platform a file is passed on, both ways, though the bot may not have its content."""
    async with house(tmp_path) as here, here.served() as process:
        people = here.people
        await here.routed(CARL)
        topic = await people.topic_of(here.support, "Carl")
        film = large_film(here)
        people.write(CARL, **film, caption="look at this")
        shown = await people.sees(here.support, "look at this", topic=topic)
        assert shown.payload["video"]["file_id"] == film["video"]["file_id"]
        await here.calm(process)
        film = large_film(here)
        people.write(ANN, chat=here.support, topic=topic, **film, caption="do it like this")
        shown = await people.sees(here.chat_of(CARL), "do it like this")
        assert shown.payload["video"]["file_id"] == film["video"]["file_id"]


async def test_a_file_that_the_platform_lost_is_told_of(tmp_path: Path) -> None:
    """The words beside a file arrive though the file cannot be had at all, with a line in its place."""
    async with house(tmp_path) as here, here.served():
        people = here.people
        await here.routed(CARL)
        topic = await people.topic_of(here.support, "Carl")
        film = large_film(here)
        del here.platform.chats.files[film["video"]["file_id"]]
        people.write(CARL, **film, caption="look at this")
        shown = await people.sees(here.support, "look at this", topic=topic)
        assert "video" not in shown.payload
        assert "film.mp4 could not be fetched: the platform does not have this file any more" in shown.text


async def test_a_topic_that_a_member_deleted_is_made_again(tmp_path: Path) -> None:
    """The next message makes the topic anew, with card and transcript; the customer notices nothing."""
    async with house(tmp_path) as here, here.served() as process:
        people = here.people
        await here.routed(CARL)
        first = await people.topic_of(here.support, "Carl")
        await people.sees(here.support, "help", topic=first)
        people.delete_topic(here.support, first)
        people.write(CARL, "are you there?")
        second = await people.topic_of(here.support, "Carl")
        assert second != first
        await people.sees(here.support, "are you there?", topic=second)
        await people.sees(here.support, "help", topic=second)
        await here.calm(process)
        people.write(ANN, "yes", chat=here.support, topic=second)
        await people.sees(here.chat_of(CARL), "yes")


async def test_a_team_whose_group_is_lost_answers_from_the_inbox(tmp_path: Path) -> None:
    """When the bot is removed from a group, people are told, and its customers go to the inbox."""
    async with house(tmp_path) as here, here.served() as process:
        people = here.people
        await here.routed(CARL)
        await people.sees(here.support, "help")
        people.set_bot(here.support, ANN, "kicked")
        await people.sees(here.inbox, "cannot write any more")
        people.write(CARL, "are you there?")
        topic = await people.topic_of(here.inbox, "Carl")
        await people.sees(here.inbox, "are you there?", topic=topic)
        await here.calm(process)
        people.write(ANN, "yes, here", chat=here.inbox, topic=topic)
        await people.sees(here.chat_of(CARL), "yes, here")


async def test_a_group_that_gets_a_new_id_goes_on(tmp_path: Path) -> None:
    """A team's group that became a supergroup is served at its new id, with config.toml as it was."""
    async with house(tmp_path) as here:
        old = here.platform.chats.group(-501, "Small", is_forum=False)
        here.people.join(old, ANN)
        here.place.write(here.place.config.read_text().replace(str(SUPPORT), "-501"))
        async with here.served() as process:
            moved = here.people.migrate(old, -1001000000050)
            await here.people.sees(here.inbox, "-1001000000050")
            await here.routed(CARL)
            topic = await here.people.topic_of(moved, "Carl")
            await here.people.sees(moved, "help", topic=topic)
            await here.calm(process)
            here.people.write(ANN, "hello", chat=moved, topic=topic)
            await here.people.sees(here.chat_of(CARL), "hello")
        async with here.served():
            here.people.write(CARL, "still there?")
            await here.people.sees(moved, "still there?", topic=topic)


async def test_a_group_without_topics(tmp_path: Path) -> None:
    """Where a group has no topics every post says whose it is, and only replies to it are sent."""
    async with house(tmp_path) as here:
        here.people.turn_forum(here.support, is_forum=False)
        async with here.served() as process:
            people = here.people
            await here.routed(CARL)
            shown = await people.sees(here.support, "help")
            await here.calm(process)
            assert "Carl" in shown.text
            people.write(ANN, "who takes this?", chat=here.support)
            people.write(ANN, "I am on my way", chat=here.support, answers=shown.message_id)
            answer = await people.sees(here.chat_of(CARL), "I am on my way")
            assert [each.text for each in here.chat_of(CARL).ours][-1] == answer.text
            assert not here.support.topics


async def test_topics_that_are_turned_off(tmp_path: Path) -> None:
    """When a group loses its topics no customer's words stand there unmarked, and all goes on."""
    async with house(tmp_path) as here, here.served() as process:
        people = here.people
        await here.routed(CARL)
        topic = await people.topic_of(here.support, "Carl")
        await people.sees(here.support, "help", topic=topic)
        people.turn_forum(here.support, is_forum=False)
        people.write(CARL, "are you there?")
        await people.sees(here.inbox, "has no topics any more")
        # The platform has put it there without its topic, and it is taken back.
        shown = await people.until(
            lambda: next(
                (each for each in here.support.ours if "Carl" in each.text and "there?" in each.text), None
            )
        )
        await here.calm(process)
        people.write(ANN, "yes", chat=here.support, answers=shown.message_id)
        await people.sees(here.chat_of(CARL), "yes")
        loose = [each.text for each in here.support.ours if each.topic is None]
        assert all("Carl" in text for text in loose), loose


async def test_killed_in_mid_traffic(tmp_path: Path) -> None:
    """After a kill -9 in the middle of many messages every one is shown, in order; repeats say so."""
    people = [user(100 + number, f"C{number}") for number in range(8)]
    texts = {person["id"]: [f"<{person['id']}.{number}>" for number in range(25)] for person in people}
    async with house(tmp_path) as here:
        async with here.served():
            for person in people:
                await here.routed(person)
                await here.people.sees(here.support, "help", topic=await topic_of(here, person))
        here.platform.delay_s = 0.02
        for kill in range(3):
            async with here.served() as process:
                begin = kill * 8
                for number in range(begin, begin + 8):
                    for person in people:
                        here.people.write(person, texts[person["id"]][number])
                await here.people.sees(here.support, texts[people[0]["id"]][begin + 1])
                process.kill()
                await process.wait()
        async with here.served():
            for person in people:
                here.people.write(person, texts[person["id"]][-1])
            for person in people:
                topic = await topic_of(here, person)
                await here.people.sees(here.support, texts[person["id"]][-1], topic=topic)
        for person in people:
            posts = [each.text for each in here.support.ours if each.topic == await topic_of(here, person)]
            shown = "\n".join(posts)
            first = [shown.find(text) for text in texts[person["id"]]]
            assert -1 not in first, f"lost: {[text for text in texts[person['id']] if text not in shown]}"
            assert first == sorted(first)
            plain = "\n".join(post for post in posts if "maybe repeated" not in post)
            assert all(plain.count(text) <= 1 for text in texts[person["id"]])


async def test_no_secret_is_logged(tmp_path: Path) -> None:
    """A whole journey at the most talkative level, with every kind of failure, never writes the token."""
    async with house(tmp_path) as here:
        async with here.served("--log-level", "DEBUG") as process:
            await here.routed(CARL)
            for trouble in (Trouble.SERVER_ERROR, Trouble.GARBAGE, Trouble.REJECTED, Trouble.DROP):
                here.platform.fail_next(trouble)
                here.people.write(CARL, f"after {trouble}")
                await here.calm(process)
            here.platform.fail_next(Trouble.WRONG_TOKEN)
            here.people.write(CARL, "the end")
            await process.logged("refuses the token")
            assert await process.stop() == 0
        log = "\n".join(process.log)
        assert "DEBUG" in log
        assert TOKEN.partition(":")[2] not in log
        assert secret_of(TOKEN) not in log


async def test_the_checklist_of_the_command_line(tmp_path: Path) -> None:
    """`check --connect` says what is right and what to do about what is not, and changes nothing."""
    async with house(tmp_path) as here:
        right = await here.place.command("check", "--connect")
        assert right.code == 0, right.out + right.err
        assert "telegram: ok: token of @guichet_bot" in right.out
        assert "telegram: ok: «Support»: the bot may manage topics" in right.out
        here.people.set_bot(here.support, ANN, "administrator", can_pin_messages=True)
        wrong = await here.place.command("check", "--connect")
        assert wrong.code == 1
        assert "telegram: WRONG: «Support»: the bot may manage topics; make the bot an admin" in wrong.out
        assert TOKEN.partition(":")[2] not in right.out + right.err + wrong.out + wrong.err
        changing = {"deleteWebhook", "setWebhook", "setMyCommands", "getUpdates", "sendMessage"}
        assert not changing & {method for method, _ in here.platform.calls}


async def topic_of(here: House, person: Payload) -> int:
    """The topic of a customer in the support group."""
    return await here.people.topic_of(here.support, f"{person['first_name']} ")
