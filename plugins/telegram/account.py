"""Who the bot is, and how its updates are to come.

https://core.telegram.org/bots/api#getting-updates
"""

from contextlib import suppress

from bot.api import ConfigurationError, ConnectionFailed, DeliveryRejected
from plugins.telegram.client import ALLOWED_UPDATES, Client
from plugins.telegram.content import Payload
from plugins.telegram.errors import Refused

_MOST_CONNECTIONS = 40


async def of(client: Client) -> Payload:
    """The bot as the platform describes it.

    Raises:
        ConfigurationError: the token is not right.
        ConnectionFailed: the platform cannot be asked now.
    """
    await client.prepare()
    try:
        me: Payload = await client.look("getMe")
    except Refused as error:
        if "not found" not in error.words:
            raise ConnectionFailed(str(error)) from error
        raise ConfigurationError(client.say("unknown_token")) from error
    if not isinstance(me, dict) or not isinstance(me.get("id"), int):
        raise ConnectionFailed(client.say("no_answer"))
    return me


async def be_asked(client: Client) -> None:
    """Have updates wait until they are asked for; those that wait already are never dropped."""
    with suppress(DeliveryRejected):
        await client.look("deleteWebhook", drop_pending_updates=False)


async def be_called(client: Client, *, public_url: str, channel: str, secret: str) -> None:
    """Have the platform call our webhook with each update; those that wait already come first.

    Raises:
        ConfigurationError: there is no address, or the platform does not take it.
        ConnectionFailed: the platform cannot be asked now.
    """
    if not public_url:
        raise ConfigurationError(client.say("needs_url"))
    try:
        await client.look(
            "setWebhook",
            url=f"{public_url}/webhooks/{channel}",
            secret_token=secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=_MOST_CONNECTIONS,
            drop_pending_updates=False,
        )
    except DeliveryRejected as error:
        raise ConfigurationError(client.say("url_refused", reason=error)) from error
