"""What every request is held to: its origin, its address, its language, and the headers of every answer."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import web

Clock = Callable[[], datetime]

LANGUAGES = ("fr", "en", "es", "it", "pt", "de")

SAFETY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)


def content_security_policy(frame_ancestors: str, *, frames: str = "'none'") -> str:
    """The policy of our pages: everything from this server, nothing inline.

    Args:
        frame_ancestors: who may show the page in a frame, as the policy's source list says it.
        frames: what the page may show in a frame, likewise.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-src {frames}; frame-ancestors {frame_ancestors}"
    )


def is_own_origin(request: web.Request, public_url: str) -> bool:
    """Whether a page of this server sent the request; a browser says so on every socket and POST.

    A request without an `Origin` header comes from no page of ours, so it is refused as well.
    """
    origin = request.headers.get("Origin", "")
    try:
        parts = urlsplit(origin)
        public = urlsplit(public_url)
    except ValueError:  # an origin that no browser would write
        return False
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return False
    if parts.netloc.lower() == request.host.lower():
        return True
    return bool(public_url) and (parts.scheme, parts.netloc) == (public.scheme, public.netloc)


def is_at_home(request: web.Request) -> bool:
    """Whether a person at this very machine asked for a page, from no other site and through no proxy."""
    host = request.host.rpartition(":")[0] or request.host
    try:
        is_local = ip_address(request.remote or "").is_loopback
        # A name that somebody else owns may lead here too; only the machine's own ones are believed.
        is_named_so = host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
    has_proxy = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host"))
    is_asked_for = request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
    return is_local and is_named_so and not has_proxy and is_asked_for


def address_of(request: web.Request) -> str:
    """The address that a request came from, as far as it can be believed.

    Behind a proxy on this machine it is what that proxy added last; a header from anywhere else is
    only what its sender says.
    """
    remote = request.remote or ""
    try:
        is_local = ip_address(remote).is_loopback
    except ValueError:  # a socket file has no address
        is_local = True
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded[:64] if is_local and forwarded else remote


def language_of(request: web.Request, fallback: str) -> str:
    """The best of our languages that the browser asks for, as two letters; else `fallback`."""
    best, best_weight = fallback, 0.0
    for part in request.headers.get("Accept-Language", "")[:512].split(","):
        name, _, weight_text = part.partition(";")
        language = name.strip()[:2].lower()
        try:
            weight = float(weight_text.strip().removeprefix("q=")) if weight_text else 1.0
        except ValueError:
            continue
        # A tag that is no language of ours, such as "eng" or "*", asks for nothing we have.
        if language in LANGUAGES and name.strip()[2:3] in {"", "-", "_"} and weight > best_weight:
            best, best_weight = language, weight
    return best


def refusal(status: int, code: str, text: str, *, retry_after: timedelta | None = None) -> web.Response:
    """An answer that refuses a request, as JSON: `code` for the page, `text` in plain words.

    Args:
        status: the HTTP status.
        code: a word that the page has a translation for.
        text: what is wrong, and what to do.
        retry_after: how long to wait, in whole seconds and at least one.
    """
    response = web.json_response({"code": code, "text": text}, status=status, headers=SAFETY_HEADERS)
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(retry_after.total_seconds())))
    return response
