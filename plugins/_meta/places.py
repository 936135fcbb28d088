"""Where the platform keeps its files; nothing is ever fetched from anywhere else."""

import re

from yarl import URL

_FILE_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com")
_PLAIN_HOST = re.compile(r"[a-z0-9.-]+")


class IsOurs:
    """Whether an address is a place of the platform's where its files are; others only stand in words.

    Args:
        api_url: the root of the API; what config.toml names is trusted as the platform's own.
    """

    def __init__(self, api_url: str) -> None:
        self._origin = URL(api_url).origin()

    def __call__(self, url: str) -> bool:
        """Look at the host, as what fetches it will; without https only the configured one is trusted."""
        try:
            parsed = URL(url, encoded=True)
            if parsed.user is not None or parsed.password is not None or not parsed.absolute:
                return False
            host = parsed.host or ""
            if parsed.scheme in {"http", "https"} and parsed.origin() == self._origin:
                return True
        except ValueError:
            return False
        if parsed.scheme != "https" or parsed.explicit_port is not None or not _PLAIN_HOST.fullmatch(host):
            return False
        return any(host == end or host.endswith(f".{end}") for end in _FILE_HOSTS)
