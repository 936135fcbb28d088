"""What Twilio posts to us: messages, and how far ours have come; 200 only once it is on disk."""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from bot.api import Host
from plugins.whatsapp.addresses import PREFIX, chat_id_of
from plugins.whatsapp.heard import Heard
from plugins.whatsapp.mapping import Form, Malformed, chats_of, own_number, read_message
from plugins.whatsapp.reporting import Progress, Reporting
from plugins.whatsapp.sent import SentMessages
from plugins.whatsapp.signature import HEADER, is_signed
from plugins.whatsapp.statuses import is_known, state_of

MOST_BYTES = 256 * 1024
"""Far above anything Twilio sends: a text of 1600 characters and a few dozen names."""

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

_FORM = "application/x-www-form-urlencoded"
_logger = logging.getLogger(__name__)


class Webhooks:
    """The two paths that Twilio posts to.

    Args:
        host: the bot.
        token: the account's primary auth token.
        number: our sender.
        heard: what was received lately.
        reporting: takes receipts.
        sent: what was sent lately.
        clock: the time, in UTC.
    """

    def __init__(
        self,
        host: Host,
        *,
        token: str,
        number: str,
        heard: Heard,
        reporting: Reporting,
        sent: SentMessages,
        clock: Callable[[], datetime],
    ) -> None:
        self._host = host
        self._token = token
        self._number = number
        self._heard = heard
        self._reporting = reporting
        self._sent = sent
        self._clock = clock
        self._is_warned = False
        self.path = f"/webhooks/{host.channel}"
        self.status_path = f"{self.path}/status"

    @property
    def status_url(self) -> str:
        """Where Twilio reports what becomes of a message."""
        return f"{self._host.public_url}{self.status_path}"

    async def take_message(self, request: web.Request) -> web.StreamResponse:
        """Take one message."""
        form = await self._form(request, self.path)
        if isinstance(form, web.Response):
            return form
        if "MessageStatus" in form and form.get("SmsStatus") != "received":
            # A status callback of a message that another program sent, or that we sent with no address.
            return await self._take_progress(form, "")
        if not form.get("From", "").startswith(PREFIX) or own_number(form) != self._number:
            self._host.count("other_sender" if form.get("From") else "no_sender")
            return _twiml() if form.get("From") else web.Response(status=HTTPStatus.BAD_REQUEST)
        try:
            event = read_message(self._host.channel, form, self._clock())
        except Malformed:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        try:
            reception = await self._host.receive(event)
        except OSError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        self._heard.add(event.event_id, chats_of(event), self._clock())
        return _twiml(reception.notice)

    async def take_status(self, request: web.Request) -> web.StreamResponse:
        """Take how far a message of ours has come."""
        form = await self._form(request, self.status_path)
        if isinstance(form, web.Response):
            return form
        return await self._take_progress(form, request.query.get("id", ""))

    async def _take_progress(self, form: Form, message_id: str) -> web.StreamResponse:
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not sid or not status:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if not message_id and (known := self._sent.find_sid(sid)) is not None:
            message_id = known.message_id
        state = state_of(status, form.get("EventType", ""))
        if not message_id or (state is None and not is_known(status)):
            self._host.count("other_status")
            return _twiml()
        if state is None:
            self._sent.named(message_id, sid)
            return _twiml()
        code = form.get("ErrorCode", "")
        progress = Progress(
            message_id=message_id,
            sid=sid,
            state=state,
            error_code=int(code) if code.isdecimal() else 0,
            message=form.get("ErrorMessage") or form.get("ChannelStatusMessage") or "",
            chat_id=chat_id_of(form.get("To", "")),
        )
        try:
            await self._reporting.report(progress)
        except OSError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return _twiml()

    async def _form(self, request: web.Request, path: str) -> Form | web.Response:
        """The parameters of a form that Twilio signed; or the refusal of any other."""
        signature = request.headers.get(HEADER)
        if not signature:
            return web.Response(status=HTTPStatus.FORBIDDEN)
        if request.content_type != _FORM:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if len(await request.read()) > MOST_BYTES:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            form = await request.post()
        except (ValueError, LookupError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        query = request.raw_path.partition("?")[2]
        url = f"{self._host.public_url}{path}{'?' if query else ''}{query}"
        if not is_signed(self._token, url, form, signature):
            self._refused(path)
            return web.Response(status=HTTPStatus.FORBIDDEN)
        self._is_warned = False
        return {name: value for name, value in form.items() if isinstance(value, str)}

    def _refused(self, path: str) -> None:
        """Say what the likely mistake is; once, for anybody can post what is not signed."""
        self._host.count("forged")
        if not self._is_warned:
            self._is_warned = True
            _logger.warning(
                "%s: a webhook with a wrong signature was refused; Twilio must post to exactly %s%s",
                self._host.channel,
                self._host.public_url,
                path,
            )


def _twiml(notice: str = "") -> web.Response:
    """The empty answer, or one that tells whoever pressed a button what came of it."""
    text = EMPTY_TWIML
    if notice:
        from twilio.twiml.messaging_response import MessagingResponse

        answer = MessagingResponse()
        answer.message(notice)
        text = str(answer)
    return web.Response(text=text, content_type="text/xml")
