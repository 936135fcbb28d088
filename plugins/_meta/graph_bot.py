"""pymessenger's Bot, made to send on the bot's own event loop and session."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from pymessenger.bot import Bot

Post = Callable[[str, Mapping[str, str], Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""Posts a JSON body to an address with these parameters, and returns the answer; raises `PluginError`."""


class GraphBot(Bot):  # type: ignore[misc]  # published without types
    """The builder of payloads and of `appsecret_proof`; each of its helpers becomes awaitable.

    They all end in `send_raw`, which is blocking there and is not here. The helpers that send a local file do
    not work on any Python 3 and are not used.

    Args:
        token: authorises the calls.
        app_secret: proves that they are the app's own; empty: no proof is sent.
        root: the address of the API, version included; pymessenger's own is of 2016.
        post: makes the call.
    """

    def __init__(self, token: str, *, app_secret: str, root: str, post: Post) -> None:
        super().__init__(token, app_secret=app_secret or None)
        self.graph_url = root
        self._post = post

    async def send_raw(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Send a payload of any helper; what some of them encode twice is decoded once.

        Raises:
            PluginError: as the contract's `send`.
        """
        body = {name: _decoded(value) for name, value in payload.items()}
        if "message" in body:
            # Required since 2018, two years after pymessenger's last release.
            body.setdefault("messaging_type", "RESPONSE")
        return await self._post(f"{self.graph_url}/me/messages", self.auth_args, body)


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return msgspec.json.decode(value)
    return value
