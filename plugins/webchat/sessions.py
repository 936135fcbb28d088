"""Who somebody is: signed cookies for contacts and members, and signed references to their uploads."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from itsdangerous import BadData, URLSafeSerializer
from pydantic import TypeAdapter

from bot.api import ChatRef, Documents, MediaFile

FIRST_CHANNEL = "webchat"
"""The name whose pages are at `/chat/` and `/desk/`; another's are one folder below."""

CONTACT_COOKIE = "guichet_chat"
MEMBER_COOKIE = "guichet_desk"
_COOKIE_AGE = timedelta(days=365)
_KEYS_DOCUMENT = "keys"
_MEDIA: TypeAdapter[MediaFile] = TypeAdapter(MediaFile)


class NotOurs(Exception):
    """A cookie or an upload reference that this server did not sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who opened the team rooms with the key.

    Attributes:
        member_id: follows from the name; behind one key that all share, the name is who somebody is.
        name: as the member wrote it; never empty.
    """

    member_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """The secrets that the web chat keeps.

    Attributes:
        signing: signs cookies and uploads.
        desk: opens the team rooms.
    """

    signing: str
    desk: str


async def load_keys(documents: Documents, desk_key: str) -> Keys:
    """Read the kept keys, and make those that are missing.

    Args:
        documents: where they are kept.
        desk_key: the one of config.toml; when empty, a kept one is used.

    Raises:
        OSError: a new key could not be kept.
    """
    kept: dict[str, Any] = await documents.read(_KEYS_DOCUMENT) or {}
    keys = dict(kept)
    keys.setdefault("signing", secrets.token_urlsafe(32))
    if not desk_key:
        keys.setdefault("desk", secrets.token_urlsafe(18))
    if keys != kept:
        await documents.write(_KEYS_DOCUMENT, keys)
    return Keys(signing=keys["signing"], desk=desk_key or keys["desk"])


class Sessions:
    """The signer of cookies and upload references.

    Args:
        keys: what to sign with.
        is_secure: cookies travel over https only.
        channel: the channel's name; two web chats on one server keep their cookies apart.

    Attributes:
        contact_cookie: the name of a contact's cookie.
        member_cookie: the name of a member's cookie.
    """

    def __init__(self, keys: Keys, *, is_secure: bool, channel: str = FIRST_CHANNEL) -> None:
        suffix = "" if channel == FIRST_CHANNEL else f"_{hashlib.sha256(channel.encode()).hexdigest()[:8]}"
        self.contact_cookie = CONTACT_COOKIE + suffix
        self.member_cookie = MEMBER_COOKIE + suffix
        self._desk_key = hashlib.sha256(keys.desk.encode()).digest()
        self._contacts = URLSafeSerializer(keys.signing, salt="contact")
        # A new desk key signs everybody out: the old cookies' signatures do not hold any more.
        self._members = URLSafeSerializer(keys.signing, salt=b"member" + self._desk_key)
        self._uploads = URLSafeSerializer(keys.signing, salt="upload")
        self._names = keys.signing.encode()
        self._is_secure = is_secure

    def contact_id(self, request: web.Request) -> str | None:
        """The chat id of the contact whose browser this is; None for a new browser.

        Raises:
            NotOurs: the cookie is forged or broken.
        """
        cookie = request.cookies.get(self.contact_cookie)
        if cookie is None:
            return None
        token = _opened(self._contacts, cookie)
        # The token lets its bearer in, so it goes nowhere: the chat's id cannot be turned back into it.
        return hashlib.sha256(str(token).encode()).hexdigest()[:16]

    def begin_contact(self, response: web.StreamResponse, *, is_framed: bool = False) -> None:
        """Make the browser that gets `response` a new contact.

        Args:
            response: the page.
            is_framed: the page stands in a frame of another site. Browsers keep a cookie there only when
                it is partitioned, one jar for each embedding site, which also means that it is not shared
                with our own page, nor read by any other:
                https://developer.mozilla.org/en-US/docs/Web/Privacy/Guides/Third-party_cookies/Partitioned_cookies
        """
        token = _text(self._contacts.dumps(secrets.token_urlsafe(24)))
        if not is_framed:
            self._keep(response, self.contact_cookie, token, "/chat/")
            return
        # Python 3.14 is the first whose cookies know the word.
        response.headers.add(
            "Set-Cookie",
            f"{self.contact_cookie}={token}; Max-Age={round(_COOKIE_AGE.total_seconds())}; Path=/chat/; "
            "HttpOnly; SameSite=None; Secure; Partitioned",
        )

    def drop_contact(self, response: web.StreamResponse) -> None:
        """Clear the contact's cookie."""
        response.del_cookie(self.contact_cookie, path="/chat/")

    def member(self, request: web.Request) -> Member | None:
        """The member whose browser this is; None for a browser that has not shown the key.

        Raises:
            NotOurs: the cookie is forged or broken, or the key has changed since.
        """
        cookie = request.cookies.get(self.member_cookie)
        if cookie is None:
            return None
        return self._member(str(_opened(self._members, cookie)["name"]))

    def is_desk_key(self, attempt: str) -> bool:
        """Whether `attempt` is the key of the team rooms, in the same time however much of it is right."""
        return hmac.compare_digest(hashlib.sha256(attempt.encode()).digest(), self._desk_key)

    def begin_member(self, response: web.StreamResponse, name: str) -> None:
        """Make the browser that gets `response` the browser of the member of this name."""
        self._keep(response, self.member_cookie, self._members.dumps({"name": name}), "/desk/")

    def drop_member(self, response: web.StreamResponse) -> None:
        """Clear the member's cookie."""
        response.del_cookie(self.member_cookie, path="/desk/")

    def seal_upload(self, owner: ChatRef, media: MediaFile) -> str:
        """A reference to an upload that only a message in the chat `owner` can use."""
        return _text(
            self._uploads.dumps([owner.chat_id, owner.thread_id, _MEDIA.dump_python(media, mode="json")])
        )

    def open_upload(self, owner: ChatRef, reference: str) -> MediaFile:
        """The file that `seal_upload` gave `reference` for.

        Raises:
            NotOurs: it is forged, or for another chat.
        """
        chat_id, thread_id, media = _opened(self._uploads, reference)
        if (chat_id, thread_id) != (owner.chat_id, owner.thread_id):
            raise NotOurs("the file was uploaded to another chat")
        return _MEDIA.validate_python(media)

    def _member(self, name: str) -> Member:
        written = " ".join(unicodedata.normalize("NFKC", name).split())
        # The signing key goes in, so that nobody elsewhere can tell from an id whose it is.
        digest = hmac.new(self._names, written.casefold().encode(), hashlib.sha256)
        return Member(member_id=digest.hexdigest()[:16], name=written)

    def _keep(self, response: web.StreamResponse, name: str, value: str | bytes, path: str) -> None:
        response.set_cookie(
            name,
            _text(value),
            path=path,
            max_age=round(_COOKIE_AGE.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self._is_secure,
        )


def _opened(serializer: URLSafeSerializer, signed: str) -> Any:
    try:
        return serializer.loads(signed)
    except BadData as error:
        raise NotOurs("the signature does not hold") from error


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()
