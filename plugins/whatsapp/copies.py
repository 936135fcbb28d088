"""The templates of menus at Twilio: the configured one, and copies of it with fewer buttons, made once."""

import logging
from collections.abc import Mapping

from bot.api import ConfigurationError, ConnectionFailed, DeliveryFailed, Documents, RateLimited, Wording
from plugins.whatsapp.client import TwilioAccount
from plugins.whatsapp.listing import Content
from plugins.whatsapp.menus import Menu, Shape, shape_of, with_buttons

NAME = "menus"

_logger = logging.getLogger(__name__)


class Copies:
    """What finds or makes the templates of a menu.

    Args:
        account: Twilio.
        documents: where the SIDs of the copies are kept.
        wording: what errors say.
    """

    def __init__(self, account: TwilioAccount, documents: Documents, wording: Wording) -> None:
        self._account = account
        self._documents = documents
        self._wording = wording

    async def menu(self, content_sid: str) -> Menu | None:
        """The menu of a template.

        Returns:
            None when copies cannot be made: then a menu is numbered text, so that none lacks its buttons.

        Raises:
            ConfigurationError: there is no such template, or it can show no menu.
            ConnectionFailed: Twilio cannot be asked now.
        """
        try:
            return await self._menu(content_sid)
        except RateLimited as error:
            raise ConnectionFailed(str(error)) from error

    async def _menu(self, content_sid: str) -> Menu | None:
        content = await self._account.content(content_sid)
        if content is None:
            raise ConfigurationError(self._wording("content_missing", sid=content_sid))
        shape = shape_of(content.types)
        if shape is None:
            raise ConfigurationError(self._wording("menu_unfit"))
        try:
            copies = await self._copies(content_sid, content, shape)
        except RateLimited:
            raise
        except DeliveryFailed as error:
            _logger.warning("menus are sent as numbered text: %s", error)
            return None
        return Menu(shape=shape, content_sids={**copies, len(shape.slots): content_sid})

    async def _copies(self, content_sid: str, content: Content, shape: Shape) -> Mapping[int, str]:
        """The SID of the copy with each smaller number of buttons."""
        known = await self._known(content_sid)
        copies = {count: sid for count, sid in known.items() if 0 < count < len(shape.slots)}
        missing = [count for count in range(1, len(shape.slots)) if count not in copies]
        for count in missing:
            copies[count] = await self._account.make_content(
                Content(
                    name=f"{content.name} ({count})",
                    language=content.language,
                    variables=content.variables,
                    types=with_buttons(content.types, shape, count),
                )
            )
        if missing:
            await self._keep(content_sid, copies)
        return copies

    async def _known(self, content_sid: str) -> Mapping[int, str]:
        try:
            written = await self._documents.read(NAME) or {}
        except OSError:
            return {}
        sids = written.get("sids")
        if written.get("of") != content_sid or not isinstance(sids, Mapping):
            return {}
        return {int(count): str(sid) for count, sid in sids.items() if str(count).isdecimal()}

    async def _keep(self, content_sid: str, copies: Mapping[int, str]) -> None:
        value = {"of": content_sid, "sids": {str(count): sid for count, sid in copies.items()}}
        try:
            await self._documents.write(NAME, value)
        except OSError:
            # They are made once more at the next start, which costs nothing but tidiness.
            _logger.warning("the templates of menus could not be noted")
