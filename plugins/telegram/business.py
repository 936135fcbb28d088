"""Business accounts whose owners let the bot answer in their name.

A connection's id changes when the owner connects the bot anew, so a contact is known by the owner, and the
connection that is good now is looked up for each send.
https://core.telegram.org/bots/api#businessconnection
"""

from typing import Any

from bot.api import ChatGone, Documents
from plugins.telegram.client import Client
from plugins.telegram.content import Payload

_DOCUMENT = "business"


class Business:
    """What is known of connections.

    Args:
        client: asks the platform for a connection that was missed.
        documents: where they are kept.
    """

    def __init__(self, client: Client, documents: Documents) -> None:
        self._client = client
        self._documents = documents
        self._owners: dict[str, str] = {}
        self._usable: dict[str, str] = {}

    async def load(self) -> None:
        """Read what earlier processes kept."""
        kept = await self._documents.read(_DOCUMENT) or {}
        self._owners = dict(kept.get("owners", {}))
        self._usable = dict(kept.get("usable", {}))

    async def learn(self, connection: Payload) -> None:
        """Take in a connection as the platform describes it; on disk when this returns."""
        connection_id, owner = str(connection["id"]), str(connection["user"]["id"])
        rights = connection.get("rights") or {}
        may_answer = connection["is_enabled"] and (rights.get("can_reply") or connection.get("can_reply"))
        await self._keep(connection_id, owner, may_answer=bool(may_answer))

    async def owner_of(self, connection_id: Any) -> str:
        """Whose account a message was written to.

        Raises:
            PluginError: it is not known, and the platform does not say so now.
        """
        if connection_id not in self._owners:
            await self.learn(
                await self._client.look("getBusinessConnection", business_connection_id=connection_id)
            )
        return self._owners[connection_id]

    def connection_of(self, owner: str) -> str:
        """The connection by which the bot answers in the owner's name.

        Raises:
            ChatGone: there is none now.
        """
        if owner not in self._usable:
            raise ChatGone(self._client.say("business_gone"))
        return self._usable[owner]

    async def _keep(self, connection_id: str, owner: str, *, may_answer: bool) -> None:
        owners = {**self._owners, connection_id: owner}
        usable = {**self._usable}
        if may_answer:
            usable[owner] = connection_id
        elif usable.get(owner) == connection_id:
            del usable[owner]
        if (owners, usable) != (self._owners, self._usable):
            await self._documents.write(_DOCUMENT, {"owners": owners, "usable": usable})
            self._owners, self._usable = owners, usable
