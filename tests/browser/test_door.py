"""The door of the rooms."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import Trouble, person
from tests.plugins.webchat.rig import Rig

pytestmark = pytest.mark.browser


async def test_wrong_key_is_said_at_the_door(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A wrong key is told in words, and the key in the link never stays in the address."""
    _, member = await person(browser, trouble)
    await member.goto(f"{rig.url}/desk/#key=wrong")
    await expect(member.get_by_label("Clé")).to_have_value("wrong")
    assert "wrong" not in member.url
    await member.get_by_label("Votre nom").fill("Ann")
    await member.get_by_role("button", name="Se connecter").click()
    await expect(member.get_by_role("alert")).to_have_text("Ce n’est pas la bonne clé.")


async def test_door_says_why_one_has_to_sign_in_again(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Somebody whose cookie holds no more is told so; a newcomer starts in the first field, and is not."""
    context, member = await person(browser, trouble)
    await member.goto(f"{rig.url}/desk/")
    await expect(member.get_by_label("Votre nom")).to_be_focused()
    await expect(member.get_by_text("connectez-vous à nouveau")).to_be_hidden()
    await expect(member.get_by_text("le même nom est la même personne")).to_be_visible()
    await context.add_cookies(
        [{"name": "guichet_desk", "value": "old", "domain": "127.0.0.1", "path": "/desk/"}]
    )
    await member.goto(f"{rig.url}/desk/")
    await expect(member.get_by_text("connectez-vous à nouveau")).to_be_visible()
