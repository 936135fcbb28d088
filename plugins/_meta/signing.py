"""The proof that a webhook comes from the platform; pure, and cheap to refuse with."""

import hmac
import re

SIGNATURE_HEADER = "X-Hub-Signature-256"

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


def is_signature(header: str) -> bool:
    """Whether a header could be a signature at all; what could not needs no body to be refused."""
    return _SIGNATURE.fullmatch(header) is not None


def is_signed(secret: bytes, body: bytes, header: str) -> bool:
    """Whether the platform wrote these very bytes.

    Args:
        secret: the app's secret; an empty one signs nothing.
        body: the raw body. Parsed and written again it would be another.
        header: `X-Hub-Signature-256`: `sha256=` and the HMAC-SHA256 in hexadecimal
            (Webhooks, Validate payloads).
    """
    if not secret or not is_signature(header):
        return False
    expected = hmac.digest(secret, body, "sha256").hex()
    return hmac.compare_digest(header.removeprefix("sha256="), expected)


def is_same(given: str, secret: str) -> bool:
    """Whether somebody knows a word; nobody knows an empty one."""
    return bool(secret) and hmac.compare_digest(given.encode(errors="replace"), secret.encode())
