"""What Twilio posts to a webhook: forms, signed over the URL and every parameter."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlencode

from aiohttp import ClientSession
from yarl import URL

from tests.simulators.twilio_messages import File, Message, MessageBook

SIGNATURE_HEADER = "X-Twilio-Signature"
Form = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on WhatsApp.

    Attributes:
        address: what `From` says: a number, or a business-scoped id, with the channel's prefix.
        name: the profile's name.
        external_id: the business-scoped id with the prefix; may be empty.
        wa_id: the number without its plus sign; may be empty.
    """

    address: str
    name: str = "Ann Example"
    external_id: str = ""
    wa_id: str = ""


@dataclass(slots=True, kw_only=True)
class Hooks:
    """What posts forms.

    Attributes:
        account_sid: the account.
        auth_token: signs.
        book: the messages.
        webhook_url: where messages are delivered, and what is signed.
        http: posts.
        told: every callback that was posted: the message's id and the status.
    """

    account_sid: str
    auth_token: str
    book: MessageBook
    webhook_url: str = ""
    http: ClientSession | None = None
    told: list[tuple[str, str]] = field(default_factory=list)

    def message(
        self,
        person: Person,
        to: str,
        body: str = "",
        *,
        files: Sequence[File] = (),
        file_urls: Sequence[str] = (),
        **more: str,
    ) -> Form:
        """The form of a new message of somebody, which the account lists from now on."""
        heard = self.book.hear(person.address, to, body, files, external_id=person.external_id)
        return self.form(heard, person, file_urls=file_urls, **more)

    def form(self, heard: Message, person: Person, *, file_urls: Sequence[str] = (), **more: str) -> Form:
        """The form of an inbound message."""
        form = {
            "MessageSid": heard.sid,
            "SmsSid": heard.sid,
            "SmsMessageSid": heard.sid,
            "AccountSid": self.account_sid,
            "From": person.address,
            "To": heard.recipient,
            "Body": heard.body,
            "NumMedia": str(len(file_urls)),
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "SmsStatus": "received",
            "ProfileName": person.name,
            "MessageType": "text",
            "ChannelMetadata": '{"type":"whatsapp","data":{"context":{}}}',
            "ApiVersion": "2010-04-01",
        }
        if person.external_id:
            form["ExternalUserId"] = person.external_id
        if person.wa_id:
            form["WaId"] = person.wa_id
        for number, (url, file) in enumerate(zip(file_urls, heard.files, strict=True)):
            form[f"MediaUrl{number}"] = url
            form[f"MediaContentType{number}"] = file.mime_type
        return form | more

    async def push(self, form: Mapping[str, str]) -> tuple[int, str]:
        """Deliver a form, signed; gives the status and the body of the answer."""
        return await self.post(self.webhook_url, form)

    async def tell(self, message: Message, status: str, *, error_code: int = 0) -> int:
        """Tell what became of a message, where it asked for that; gives the status of the answer."""
        message.status, message.error_code = status, error_code
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "To": message.recipient,
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": message.recipient,
            "ApiVersion": "2010-04-01",
        }
        if error_code:
            form |= {"ErrorCode": str(error_code), "ErrorMessage": f"Twilio's words for {error_code}"}
        if status == "read":
            form["EventType"] = "READ"
        self.told.append((message.sid, status))
        return (await self.post(message.status_callback, form))[0]

    async def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        signed: Mapping[str, str] | None = None,
        signed_url: str = "",
        is_signed: bool = True,
        body: bytes | None = None,
    ) -> tuple[int, str]:
        """Post a form, or a body, anywhere.

        Args:
            url: where to.
            form: the parameters.
            signed: the parameters that the signature is over; `form` when None.
            signed_url: the URL that it is over; `url` when empty.
            is_signed: whether there is a signature at all.
            body: sent in place of the form.
        """
        assert self.http is not None
        headers = {"Content-Type": "application/x-www-form-urlencoded", "I-Twilio-Idempotency-Token": "t"}
        if is_signed:
            over = form if signed is None else signed
            headers[SIGNATURE_HEADER] = signature(self.auth_token, signed_url or url, over)
        data = BytesIO(urlencode(form).encode() if body is None else body)
        async with self.http.post(URL(url, encoded=True), data=data, headers=headers) as answer:
            return answer.status, await answer.text()


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """The URL and each parameter's name and value, in the order of names, under the account's token."""
    over = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), over.encode(), hashlib.sha1).digest()).decode()
