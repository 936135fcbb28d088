"""Signed media links that expire: what they say, and the key they are signed with."""

import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from bot.api import MediaFile
from bot.store.storage import TEMPORARY, make_folder
from bot.store.syncing import sync_folder

TOKEN_LIFE = timedelta(hours=24)
"""How long a link works: platforms fetch at once, and people click within a day."""


def read_secret(path: Path) -> str:
    """The key in a file that only its owner may read; made at the first start.

    Raises:
        OSError: the file can neither be read nor made.
    """
    try:
        if secret := path.read_text(encoding="ascii").strip():
            return secret
    except FileNotFoundError:
        pass
    secret = secrets.token_hex(32)
    make_folder(path.parent)
    temporary = path.with_name(path.name + TEMPORARY)
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
    return secret


class MediaTokens:
    """Signs what a link needs to know, so that a link can be served without looking anything up.

    Args:
        secret: the key.
        clock: the time.
    """

    def __init__(self, secret: str, clock: Callable[[], datetime]) -> None:
        class Signer(TimestampSigner):
            """A signer with the time of our clock."""

            def get_timestamp(self) -> int:
                return int(clock().timestamp())

        self._serializer = URLSafeTimedSerializer(secret, salt="media", signer=Signer)

    def token(self, media: MediaFile) -> str:
        """A text, safe in a URL, that stands for a file."""
        fields = [media.media_id, media.kind.value, media.file_name, media.mime_type, media.size_bytes]
        return str(self._serializer.dumps(fields))

    def open_token(self, token: str) -> MediaFile | None:
        """The file that a token stands for; None when it is forged or has expired."""
        try:
            fields = self._serializer.loads(token, max_age=int(TOKEN_LIFE.total_seconds()))
            media_id, kind, file_name, mime_type, size_bytes = fields
            return msgspec.convert(
                {
                    "media_id": media_id,
                    "kind": kind,
                    "file_name": file_name,
                    "mime_type": mime_type,
                    "size_bytes": size_bytes,
                },
                type=MediaFile,
            )
        except (BadData, ValueError, TypeError):
            return None
