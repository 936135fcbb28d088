"""One person is one chat, whatever name Twilio has for them."""

import pytest

from plugins.whatsapp.addresses import Identity, address_of, canonical, chat_id_of, identity, twin


@pytest.mark.parametrize(
    ("address", "chat_id"),
    [
        ("whatsapp:+33612345678", "+33612345678"),
        ("whatsapp: 33612345678", "+33612345678"),
        ("whatsapp:FR.13491208655302741918", "FR.13491208655302741918"),
        ("whatsapp:US." + "x" * 128, "US." + "x" * 128),
        ("whatsapp:", ""),
        ("+33612345678", ""),
        ("messenger:7654321", ""),
        ("whatsapp:../../etc", ""),
        ("whatsapp:a b", ""),
        ("whatsapp:" + "x" * 141, ""),
    ],
)
def test_chat_id_of(address: str, chat_id: str) -> None:
    """A WhatsApp address is its number or its business-scoped id, and nothing else is one."""
    assert chat_id_of(address) == chat_id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+551187654321", "+5511987654321"),
        ("+541123456789", "+5491123456789"),
        ("+5215512345678", "+525512345678"),
    ],
)
def test_number_twins(old: str, new: str) -> None:
    """Both spellings of a Brazilian, Argentine or Mexican phone are one chat, and each knows the other."""
    assert canonical(old) == canonical(new) == new
    assert twin(new) == old
    by_old, by_new = identity(f"whatsapp:{old}"), identity(f"whatsapp:{new}")
    assert by_old == by_new == Identity(chat_id=new, phone=new, aliases=(old,))


@pytest.mark.parametrize("number", ["+33612345678", "+551134567890", "+12025550123", "+447700900123"])
def test_numbers_without_a_twin(number: str) -> None:
    """Any other number, a Brazilian landline too, stays as it is."""
    assert canonical(number) == number
    assert not twin(number)
    assert identity(f"whatsapp:{number}") == Identity(chat_id=number, phone=number, aliases=())


def test_business_scoped_id_comes_first() -> None:
    """Who shows a number is known by the business-scoped id, with the number and its twin beside it."""
    who = identity("whatsapp:+5215512345678", external_id="whatsapp:MX.42", wa_id="5215512345678")
    assert who == Identity(
        chat_id="MX.42", phone="+525512345678", aliases=("+525512345678", "+5215512345678")
    )


def test_hidden_number_changes_nobody() -> None:
    """Who hides the number later is the same chat: From is then the id that was ExternalUserId."""
    before = identity("whatsapp:+33612345678", external_id="whatsapp:FR.42")
    after = identity("whatsapp:FR.42", external_id="whatsapp:FR.42")
    assert before is not None
    assert after == Identity(chat_id=before.chat_id, phone="", aliases=())


def test_sender_without_a_number() -> None:
    """A business-scoped id alone is a whole identity, and an address to answer to."""
    who = identity("whatsapp:FR.42")
    assert who == Identity(chat_id="FR.42", phone="", aliases=())
    assert address_of("FR.42") == "whatsapp:FR.42"


def test_no_whatsapp_sender() -> None:
    """Who is not on WhatsApp has no identity here."""
    assert identity("messenger:7654321") is None
