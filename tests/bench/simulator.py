"""The platforms of the bench: each call is carried out after a while, and what was shown when is noted."""

import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import msgspec

from tests.bench.paces import Account
from tests.bench.wire import Unit, response, serving
from tests.simulators.loopback_rooms import Refusal, Rooms

TOKEN, SECRET = "token-of-the-bench", "secret-of-the-bench"
_AUTHORISATION = f"\r\nauthorization: bearer {TOKEN}".encode()


@dataclass(slots=True, kw_only=True)
class Site(Account):
    """One account's chats, and what its people saw.

    Attributes:
        rooms: the chats and their rules.
    """

    rooms: Rooms = field(default_factory=Rooms)


class Platforms:
    """Two accounts behind one port; the API's root is `url/shop` and `url/desk`.

    Args:
        delay_s: how long each call takes.

    Attributes:
        accounts: by name.
    """

    def __init__(self, delay_s: float) -> None:
        self.accounts = {name: Site() for name in ("shop", "desk")}
        self._delay_s = delay_s

    def serve(self) -> AbstractAsyncContextManager[str]:
        """Listen, and give the address."""
        return serving(self._answer, delay_s=self._delay_s)

    def _answer(self, unit: Unit) -> bytes:
        _, name, _, method = unit.head.split(b" ", 2)[1].decode().split("/")
        account = self.accounts[name]
        account.calls[method] += 1
        assert _AUTHORISATION in unit.head.lower(), "the token is wrong"
        try:
            body = msgspec.json.decode(unit.body)
            answer = account.rooms.carry_out(method, body)
        except Refusal as refusal:
            return response(refusal.status, msgspec.json.encode(refusal.answer))
        if method == "send":
            account.shown.append((body["text"], time.monotonic()))
        return response(200, msgspec.json.encode(answer))
