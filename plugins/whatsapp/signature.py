"""Whether Twilio itself sent a form: its signature over the public URL and every parameter."""

import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"


def is_signed(token: str, url: str, form: Mapping[str, object], signature: str) -> bool:
    """Check a signature in constant time (twilio.com/docs/usage/security).

    Args:
        token: the account's primary auth token.
        url: where Twilio sent the form, as it was told; a proxy may have changed what arrived here.
        form: all its parameters, those that nobody knows yet too.
        signature: as the header has it.
    """
    validator = RequestValidator(token)
    given = signature.encode(errors="replace")
    # Each is compared, so that the time says nothing.
    matches = [
        hmac.compare_digest(validator.compute_signature(form_url, form).encode(), given)
        for form_url in _spellings(url)
    ]
    return any(matches)


def _spellings(url: str) -> Iterator[str]:
    """The URL with its port and, where that is the scheme's own, without: Twilio signs either."""
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    yield url
    if parts.port is None and default is not None:
        yield parts._replace(netloc=f"{parts.netloc}:{default}").geturl()
    elif parts.port == default:
        yield parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
