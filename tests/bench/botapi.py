"""Telegram for the bench: the tests' chats and rules behind a cheap server, each call after a while."""

import time
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from tests.bench.paces import Account
from tests.bench.wire import Unit, response, serving
from tests.simulators.telegram import TOKEN, parameter
from tests.simulators.telegram_chats import Chats, Refusal
from tests.simulators.telegram_methods import Methods
from tests.simulators.telegram_updates import Updates


class BotApi:
    """One bot's platform.

    Args:
        delay_s: how long each call takes.

    Attributes:
        account: what people saw.
        chats: where they saw it.
        updates: what the bot asked for about its webhook.
    """

    def __init__(self, delay_s: float) -> None:
        self.account = Account()
        self.chats = Chats(emit=lambda *_: 0)  # nobody asks for updates; the bench makes its own
        self.updates = Updates()
        self._methods = Methods(self.chats)
        self._delay_s = delay_s

    def serve(self) -> AbstractAsyncContextManager[str]:
        """Listen, and give the address."""
        return serving(self._answer, delay_s=self._delay_s)

    def _answer(self, unit: Unit) -> bytes:
        path, method = unit.head.split(b" ", 2)[1].decode().rsplit("/", 1)
        assert path == f"/bot{TOKEN}", "the token is wrong"
        self.account.calls[method] += 1
        call = {name: parameter(name, value) for name, value in parse_qsl(unit.body.decode())}
        try:
            result = self._result(method, call)
        except Refusal as refusal:
            return response(refusal.status, msgspec.json.encode(refusal.answer))
        if method == "sendMessage":
            self.account.shown.append((call["text"], time.monotonic()))
        return response(200, msgspec.json.encode({"ok": True, "result": result}))

    def _result(self, method: str, call: dict[str, Any]) -> Any:
        if "Webhook" in method:
            return self.updates.turn_webhook(method, call)
        return self._methods.carry_out(method, call, {})
