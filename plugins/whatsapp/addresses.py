"""Who is who: WhatsApp addresses as ids of chats, and numbers that have two spellings; pure."""

import re
from dataclasses import dataclass

PREFIX = "whatsapp:"

_ID = re.compile(r"[^\s:/]{1,140}")  # a business-scoped id has up to 128 characters behind its country
_PHONE = re.compile(r"\+[0-9]{5,15}")
# Two spellings of one phone: WhatsApp knows some accounts by the one, networks by the other.
_BRAZIL_OLD = re.compile(r"\+55([1-9][0-9])([6-9][0-9]{7})")
_BRAZIL_NEW = re.compile(r"\+55([1-9][0-9])9([6-9][0-9]{7})")
_ARGENTINA_OLD = re.compile(r"\+54([1-8][0-9]{9})")
_ARGENTINA_NEW = re.compile(r"\+549([1-8][0-9]{9})")
_MEXICO_OLD = re.compile(r"\+521([0-9]{10})")
_MEXICO_NEW = re.compile(r"\+52([0-9]{10})")
_CANONICAL = (
    (_BRAZIL_OLD, r"+55\g<1>9\g<2>"),
    (_ARGENTINA_OLD, r"+549\g<1>"),
    (_MEXICO_OLD, r"+52\g<1>"),
)
_OTHER = (
    (_BRAZIL_NEW, r"+55\g<1>\g<2>"),
    (_ARGENTINA_NEW, r"+54\g<1>"),
    (_MEXICO_NEW, r"+521\g<1>"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who wrote.

    Attributes:
        chat_id: the business-scoped id where Twilio tells it, else the number; the same person has the same
            one whatever spelling a webhook uses.
        phone: in E.164; empty for a sender who hides it.
        aliases: the other ids of the same chat: the number, and its other spelling.
    """

    chat_id: str
    phone: str
    aliases: tuple[str, ...]


def chat_id_of(address: str) -> str:
    """The id in `whatsapp:id`, in its canonical spelling; empty when it is no such address."""
    chat_id = address.removeprefix(PREFIX)
    # A + that was not percent-encoded in a form is read as a space.
    if chat_id.startswith(" "):
        chat_id = f"+{chat_id[1:]}"
    if chat_id == address or not _ID.fullmatch(chat_id):
        return ""
    return canonical(chat_id)


def address_of(chat_id: str) -> str:
    """How Twilio names a chat."""
    return f"{PREFIX}{chat_id}"


def is_phone(chat_id: str) -> bool:
    """Whether it is a number, and not a business-scoped id."""
    return _PHONE.fullmatch(chat_id) is not None


def canonical(chat_id: str) -> str:
    """The one spelling of a number that has two: Brazil and Argentina with the 9, Mexico without the 1."""
    return _respelled(chat_id, _CANONICAL) or chat_id


def twin(chat_id: str) -> str:
    """The other spelling of a number in its canonical one, or empty."""
    return _respelled(chat_id, _OTHER)


def identity(sender: str, *, external_id: str = "", wa_id: str = "") -> Identity | None:
    """Who the sender of a webhook is.

    Twilio sends the number as `From` while the contact shows it, and the business-scoped id as `From`
    once they hide it behind a user name; `ExternalUserId` is that id in both cases
    (twilio.com/docs/whatsapp/key-concepts).

    Args:
        sender: the form's `From`.
        external_id: its `ExternalUserId`; may be empty.
        wa_id: its `WaId`, a number without a plus sign; may be empty.

    Returns:
        None when `sender` is no WhatsApp address.
    """
    own = chat_id_of(sender)
    if not own:
        return None
    phone = own if is_phone(own) else ""
    if not phone and is_phone(f"+{wa_id}"):
        phone = canonical(f"+{wa_id}")
    chat_id = chat_id_of(external_id) or own
    aliases = (own, phone, twin(phone))
    return Identity(
        chat_id=chat_id,
        phone=phone,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias and alias != chat_id)),
    )


def _respelled(chat_id: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, spelling in rules:
        if match := pattern.fullmatch(chat_id):
            return match.expand(spelling)
    return ""
