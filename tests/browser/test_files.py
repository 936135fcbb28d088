"""Files: picked, dropped, shown in place, or refused with the reason."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.api import MediaKind
from tests.browser.chromium import Trouble, person
from tests.browser.pages import FROM_END, becomes, enter, greet, picture, received, silence
from tests.plugins.webchat.rig import SUPPORT, Rig, running

pytestmark = pytest.mark.browser


async def test_reason_under_a_refused_file_is_in_view(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """An empty file is refused as empty, and the reason stands in view."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "long\n" * 60))
    await expect(contact.get_by_text("long")).to_be_visible()
    files = contact.locator("input[type=file]")
    await files.set_input_files({"name": "vide.pdf", "mimeType": "application/pdf", "buffer": b""})
    await expect(contact.get_by_text("Le fichier est vide.")).to_be_in_viewport(ratio=1)
    await expect(contact.get_by_role("button", name="Réessayer")).to_have_count(0)
    assert await contact.locator("#posts").evaluate(FROM_END) < 2


async def test_file_is_sent_and_shown(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A file that is picked is uploaded, sent and shown with its name and size."""
    _, contact = await person(browser, trouble, language="en-GB")
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_text("Online")).to_be_visible()
    files = contact.locator("input[type=file]")
    await files.set_input_files({"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048})
    await received(rig, 1)
    await expect(contact.get_by_role("link", name="bill.pdf 2 kB")).to_be_visible()


async def test_too_large_file_is_explained(tmp_path: Path, browser: Browser, trouble: Trouble) -> None:
    """A file beyond the limit is refused on the page, with the limit."""
    async with running(tmp_path, media_limit_bytes=1024 * 1024) as rig:
        _, contact = await person(browser, trouble, language="en-GB")
        await contact.goto(f"{rig.url}/chat/")
        files = contact.locator("input[type=file]")
        content = b"x" * (1024 * 1024 + 1)
        await files.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": content})
        await expect(contact.get_by_text("The file is too large: at most 1 MB.")).to_be_visible()
        assert rig.host.events == []


async def test_sizes_are_in_the_units_of_the_language(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A French page says ko and Mo."""
    _, contact = await person(browser, trouble)
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    files = contact.locator("input[type=file]")
    for name, size in (("petit.pdf", 2048), ("grand.pdf", 1024 * 1024 * 3 // 2)):
        await files.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": b"x" * size})
    await expect(contact.get_by_role("link", name="petit.pdf 2 ko")).to_be_visible()
    await expect(contact.get_by_role("link", name="grand.pdf 1,5 Mo")).to_be_visible()


async def test_file_is_dropped_onto_the_page(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A file that is dragged over the page is offered a place, and is sent when it is dropped."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    data = await contact.evaluate_handle(
        "() => { const data = new DataTransfer(); "
        "data.items.add(new File(['drawing'], 'plan.txt', { type: 'text/plain' })); return data; }"
    )
    await contact.dispatch_event("body", "dragover", {"dataTransfer": data})
    offer = contact.get_by_text("Déposez les fichiers pour les envoyer")
    await expect(offer).to_be_visible()
    await contact.dispatch_event("body", "drop", {"dataTransfer": data})
    await expect(offer).to_be_hidden()
    await received(rig, 2)
    await expect(contact.get_by_role("link", name="plan.txt")).to_be_visible()


async def test_pictures_and_voice_stand_in_their_place(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A picture is shown and a voice message can be played where it stands, on both sides."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="Camille", key="k"))
    for place in (chat, thread):
        for kind, mime_type, content in (
            (MediaKind.PHOTO, "image/png", picture()),
            (MediaKind.VOICE, "audio/wav", silence()),
        ):
            media = await rig.host.media.keep(
                place, content, kind=kind, file_name=f"{kind}.bin", mime_type=mime_type
            )
            await rig.plugin.send(rig.message(place, media=media, author="Camille"))
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    await member.get_by_role("link", name="Camille").click()
    for page in (contact, member):
        await becomes(page.locator(".picture img"), "element.naturalWidth === 400")
        player = page.locator("audio")
        await becomes(player, "element.duration > 0.4")
        await player.evaluate("element => element.play()")


async def test_picture_is_pasted(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A picture that is pasted into the field is sent as a file, and the text stays as it is."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    field = contact.locator("#composer textarea")
    await field.fill("voici")
    await field.evaluate(
        "field => { const data = new DataTransfer(); "
        "data.items.add(new File(['x'], 'capture.png', { type: 'image/png' })); "
        "field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true })); }"
    )
    await received(rig, 2)
    await expect(field).to_have_value("voici")
    await expect(contact.locator(".picture")).to_have_count(1)
