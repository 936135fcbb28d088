"""WhatsApp keeps what every plugin promises, with menus as text, as buttons and as a list."""

from contextlib import AbstractAsyncContextManager

from tests.conformance.harness import Harness
from tests.conformance.suite import PluginConformance
from tests.plugins.whatsapp.harness import open_twilio
from tests.simulators.twilio_contents import list_picker, quick_reply
from tests.simulators.twilio_messages import Content


class TestWhatsApp(PluginConformance):
    """Menus as numbered text."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_twilio(plugin_url)


class TestWhatsAppWithButtons(PluginConformance):
    """Menus as quick replies of up to three buttons."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_twilio(plugin_url, Content(types=quick_reply(buttons=3)))


class TestWhatsAppWithList(PluginConformance):
    """Menus as lists of up to ten items."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_twilio(plugin_url, Content(types=list_picker(items=10)))
