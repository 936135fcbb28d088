"""Promises about what nobody may read."""

import logging
import traceback

from bot.api import ConfigurationError, PluginError
from tests.conformance.harness import Delivery, Failure
from tests.conformance.rig import Rig

ANSWERS = (
    Failure.RATE_LIMITED,
    Failure.SERVER_ERROR,
    Failure.HANG,
    Failure.DROP,
    Failure.GARBAGE,
    Failure.REJECTED,
    Failure.CHAT_GONE,
    Failure.REVOKED,
)
"""The failures of a send that need no group."""

SHOWING = frozenset({*ANSWERS, Failure.UNREACHABLE})


class SecrecyPromises:
    """Tokens and keys stay in the settings; what people write stays out of the log."""

    async def test_no_secret_in_repr(self, rig: Rig) -> None:
        """Printing settings or a plugin shows no secret."""
        settings = rig.harness.settings()
        async with rig.connected() as plugin:
            shown = f"{settings!r} {settings} {plugin!r} {plugin} {plugin.capabilities!r} {plugin.routes()!r}"
        assert not _secrets_in(rig, shown), "a secret stands in a repr"

    async def test_no_secret_in_errors(self, rig: Rig) -> None:
        """An error shows no secret, nor does the chain of its causes."""
        rig.need_failure(*(rig.harness.failures & SHOWING or SHOWING))
        errors: list[PluginError] = []
        async with rig.connected() as plugin:
            for failure in [failure for failure in ANSWERS if failure in rig.harness.failures]:
                rig.harness.fail_next(failure)
                errors.append(await rig.error_of(plugin.send(rig.message()), f"send after {failure.name}"))
        if Failure.UNREACHABLE in rig.harness.failures:
            lost = rig.create(rig.harness.unreachable_settings())
            errors.append(await rig.error_of(lost.connect(), "connect to nobody"))
            await lost.disconnect()
        for error in errors:
            assert str(error).strip(), f"{type(error).__name__} says nothing to people"
            told = f"{error!r} {vars(error)} {''.join(traceback.format_exception(error))}"
            assert not _secrets_in(rig, told), f"a secret stands in {type(error).__name__}"

    async def test_no_wrong_credential_in_errors(self, rig: Rig) -> None:
        """The error that says credentials are wrong does not show them."""
        rig.need_failure(Failure.WRONG_CREDENTIALS)
        settings = rig.harness.wrong_settings()
        plugin = rig.create(settings)
        error = await rig.error_of(plugin.connect(), "connect with wrong credentials")
        await plugin.disconnect()
        assert isinstance(error, ConfigurationError), f"connect raised {error!r}"
        told = f"{error!r} {vars(error)} {''.join(traceback.format_exception(error))}"
        wrong = [secret for secret in rig.harness.wrong_secrets if secret in told]
        assert not wrong, "a wrong credential stands in the error about it"

    async def test_no_secret_in_the_log(self, rig: Rig) -> None:
        """Nothing is logged with a secret at any level, nor with a message's text at INFO or above."""
        heard, told = "the cat is called Grisette", "the dog is called Filou"
        with rig.captured_log() as records:
            async with rig.connected() as plugin:
                await rig.taken(plugin, rig.message(text=told))
                await rig.within(rig.harness.deliver(rig.said(heard)), "a delivery")
                for delivery in (Delivery.FORGED, Delivery.MALFORMED, Delivery.UNKNOWN):
                    if delivery in rig.harness.deliveries:
                        await rig.within(rig.harness.deliver(rig.said(heard), delivery), delivery.name)
                for failure in [failure for failure in ANSWERS if failure in rig.harness.failures]:
                    rig.harness.fail_next(failure)
                    await rig.error_of(plugin.send(rig.message(text=told)), f"send after {failure.name}")
        writer = logging.Formatter()
        for record in records:
            line = writer.format(record)
            assert not _secrets_in(rig, line), f"{record.name} logs a secret"
            is_open = record.levelno >= logging.INFO and any(text in line for text in (heard, told))
            assert not is_open, f"{record.name} logs a message's text at {record.levelname}"


def _secrets_in(rig: Rig, text: str) -> list[str]:
    return [secret for secret in rig.harness.secrets if secret in text]
