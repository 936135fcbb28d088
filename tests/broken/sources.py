"""Plugins whose source reaches where it may not."""

from tests.broken.variant import Broken

OWN = "test_only_the_contract_is_imported"
OTHERS = "test_no_other_plugin_is_imported"

BROKEN = (
    Broken(promise=OWN, reason="imports bot.store.contacts", source="import bot.store.contacts\n"),
    Broken(promise=OWN, reason="imports bot.model.Contact", source="from bot.model import Contact\n"),
    Broken(promise=OWN, reason="imports bot.model$", source="from bot import api, model\n"),
    Broken(
        promise=OWN,
        reason="imports bot.store.contacts",
        source="def late() -> None:\n    import bot.store.contacts\n",
    ),
    Broken(promise=OTHERS, reason="imports plugins.another", source="from plugins.another import client\n"),
    Broken(promise=OTHERS, reason="imports tests.platforms.another", source="from .. import another\n"),
    Broken(
        promise=OTHERS,
        reason="imports tests.platforms.another.client",
        source="from ..another import client\n",
    ),
)
