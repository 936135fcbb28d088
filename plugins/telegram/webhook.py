"""Being called by the platform: each call is signed with a secret, and answered once it is stored.

https://core.telegram.org/bots/api#setwebhook
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from bot.api import Host
from plugins.telegram.content import Payload

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name


def secret_of(token: str) -> str:
    """The secret of a bot's webhook: the same at each start, and no way back to the token."""
    return hmac.new(token.encode(), b"guichet webhook", hashlib.sha256).hexdigest()


class Webhook:
    """What answers the platform's calls.

    Args:
        host: counts.
        secret: what a call must bring.
        take: gives what stores an update, or None while the channel is not connected.
    """

    def __init__(
        self, host: Host, secret: str, take: Callable[[], Callable[[Payload], Awaitable[None]] | None]
    ) -> None:
        self._host = host
        self._secret = secret.encode()
        self._take = take

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one update; 200 once it is stored."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret):
            return web.Response(status=403)
        body = await request.read()
        try:
            update = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        take = self._take()
        if take is None:
            return web.Response(status=503)
        try:
            await take(update)
        except OSError:
            return web.Response(status=503)
        return web.Response()
