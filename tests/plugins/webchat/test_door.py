"""The door of the team rooms: the key, and what it opens."""

from datetime import timedelta
from pathlib import Path

import pytest
from yarl import URL

from plugins.webchat.sessions import MEMBER_COOKIE
from tests.plugins.webchat.rig import DESK_KEY, Rig, running


async def test_rooms_stay_shut_without_the_key(rig: Rig) -> None:
    """Without the key there is a door, and nothing of the rooms behind it."""
    browser = await rig.browser()
    async with browser.session.get(f"{rig.url}/desk/") as answer:
        text = await answer.text()
    assert 'id="door"' in text
    assert 'id="rooms"' not in text
    for path in ("/desk/socket", "/desk/media/?room=support&id=0.x"):
        async with browser.session.get(f"{rig.url}{path}", headers={"Origin": rig.url}) as answer:
            assert answer.status == 403
    status, _ = await browser.upload("/desk/upload?room=support", b"x")
    assert status == 403


async def test_key_opens_the_rooms(rig: Rig) -> None:
    """The key and a name give a session that scripts and other sites cannot use."""
    browser = await rig.browser()
    async with browser.session.post(
        f"{rig.url}/desk/enter", json={"key": DESK_KEY, "name": "Ann"}, headers={"Origin": rig.url}
    ) as answer:
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/desk/" in cookie
    async with browser.session.get(f"{rig.url}/desk/") as answer:
        assert 'id="rooms"' in await answer.text()
    async with browser.session.post(f"{rig.url}/desk/leave", headers={"Origin": rig.url}) as answer:
        assert answer.status == 204
    async with browser.session.get(f"{rig.url}/desk/") as answer:
        assert 'id="door"' in await answer.text()


async def test_name_is_the_person(rig: Rig) -> None:
    """The same name, however it is typed and wherever, is the same member; another name is another."""
    ids = {}
    for name in ("Marie Curie", " marie  CURIE ", "Marie"):
        page = await (await rig.browser()).open_desk(name)
        hello = page.heard[0]
        ids[name] = hello["id"]
        assert hello["name"] == " ".join(name.split())
    assert ids["Marie Curie"] == ids[" marie  CURIE "]
    assert ids["Marie"] != ids["Marie Curie"]


async def test_signing_in_again_is_the_same_person(rig: Rig) -> None:
    """Somebody who signs out and in again is who they were."""
    browser = await rig.browser()
    before = (await browser.open_desk()).heard[0]["id"]
    async with browser.session.post(f"{rig.url}/desk/leave", headers={"Origin": rig.url}) as answer:
        assert answer.status == 204
    assert (await browser.open_desk()).heard[0]["id"] == before


async def test_wrong_keys_are_slowed_down(rig: Rig) -> None:
    """After five wrong keys an address waits a minute, whatever it tries then."""
    browser = await rig.browser()
    assert [await browser.enter(key=f"wrong-{number}") for number in range(5)] == [403] * 5
    async with browser.session.post(
        f"{rig.url}/desk/enter", json={"key": DESK_KEY, "name": "Ann"}, headers={"Origin": rig.url}
    ) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "60"
    rig.clock.advance(timedelta(seconds=60))
    assert await browser.enter() == 200


async def test_right_key_starts_the_count_afresh(rig: Rig) -> None:
    """Somebody who mistyped and then got it right has all tries again."""
    browser = await rig.browser()
    for _ in range(3):
        assert [await browser.enter(key="wrong") for _ in range(4)] == [403] * 4
        assert await browser.enter() == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"key": "x"}', 400),
        (b'{"key": "x", "name": "  "}', 400),
        (b"x" * 9000, 413),
    ],
)
async def test_malformed_entry_is_refused(rig: Rig, body: bytes, status: int) -> None:
    """What is no key with a name is refused, and what is far longer than one is not even read."""
    browser = await rig.browser()
    async with browser.session.post(
        f"{rig.url}/desk/enter", data=body, headers={"Origin": rig.url}
    ) as answer:
        assert answer.status == status


async def test_made_key_is_kept_and_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a configured key one is made, stays the same after a restart, and is logged at each start."""
    caplog.set_level("DEBUG", logger="plugins.webchat")
    async with running(tmp_path, desk_key="", public_url="http://chat.example") as rig:
        documents = rig.host.documents
        (first,) = [record for record in caplog.records if "#key=" in record.getMessage()]
        assert first.levelname == "INFO"
        link, key = first.getMessage().split("#key=")
        assert link.endswith("http://chat.example/desk/")
        assert await (await rig.browser()).enter(key=key) == 200
    caplog.clear()
    async with running(tmp_path, desk_key="", documents=documents):
        assert sum(key in record.getMessage() for record in caplog.records) == 1


async def test_configured_key_is_never_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With a key of config.toml the log says where the rooms are, and never the key."""
    caplog.set_level("DEBUG")
    async with running(tmp_path, public_url="http://chat.example") as rig:
        (told,) = [record for record in caplog.records if "/desk/" in record.getMessage()]
        assert (told.levelname, told.getMessage()) == (
            "INFO",
            "the team rooms are at http://chat.example/desk/",
        )
        browser = await rig.browser()
        await browser.enter(key="nearly-" + DESK_KEY)
        await browser.open_desk()
        assert DESK_KEY not in repr(rig.plugin)
    assert DESK_KEY not in caplog.text


async def test_changed_key_signs_everybody_out(tmp_path: Path) -> None:
    """A new desk key makes the old sessions worthless."""
    async with running(tmp_path) as rig:
        browser = await rig.browser()
        await browser.enter()
        documents = rig.host.documents
        cookie = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/desk/"))[MEMBER_COOKIE].value
    async with running(tmp_path, documents=documents, desk_key="another-long-key") as rig:
        browser = await rig.browser(Cookie=f"{MEMBER_COOKIE}={cookie}")
        async with browser.session.get(f"{rig.url}/desk/") as answer:
            assert answer.status == 403
            assert 'id="door"' in await answer.text()
            assert "Max-Age=0" in answer.headers["Set-Cookie"]
        async with browser.session.get(f"{rig.url}/desk/socket", headers={"Origin": rig.url}) as answer:
            assert answer.status == 403


async def test_contact_session_opens_no_room(rig: Rig) -> None:
    """A contact's cookie under the member's name is worth nothing."""
    browser = await rig.browser()
    await browser.open_chat()
    jar = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/"))
    stranger = await rig.browser(Cookie=f"{MEMBER_COOKIE}={jar['guichet_chat'].value}")
    async with stranger.session.get(f"{rig.url}/desk/") as answer:
        assert answer.status == 403
