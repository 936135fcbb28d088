"""The pages and what they are made of, read once and served from memory."""

import asyncio
import hashlib
from collections.abc import Mapping
from html import escape
from mimetypes import guess_type
from pathlib import Path
from string import Template

from aiohttp import web

from plugins.webchat.guards import SAFETY_HEADERS, content_security_policy

_FOLDER = Path(__file__).parent / "static"


class Pages:
    """The files of `static/`.

    Args:
        files: their contents by name.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._tags = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in files.items()}

    @classmethod
    async def load(cls) -> "Pages":
        """Read the files."""
        return cls(await asyncio.to_thread(_read_folder))

    def page(
        self, name: str, values: Mapping[str, str], *, status: int = 200, frame_ancestors: str = "'none'"
    ) -> web.Response:
        """A page, with `$name` in it replaced by the value, escaped.

        Args:
            name: the file, which ends in `.html`.
            values: what to put in.
            status: the HTTP status.
            frame_ancestors: who may show it in a frame.
        """
        template = Template(self._files[name].decode())
        text = template.substitute({key: escape(value) for key, value in values.items()})
        headers = {
            **SAFETY_HEADERS,
            "Content-Security-Policy": content_security_policy(frame_ancestors),
            "Cache-Control": "no-store",
        }
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)

    def asset(self, request: web.Request, name: str) -> web.Response:
        """A style sheet, a script or a picture; the browser asks each time whether it changed."""
        content = self._files.get(name)
        if content is None or name.endswith(".html"):
            return not_found()
        headers = {**SAFETY_HEADERS, "Cache-Control": "no-cache", "ETag": f'"{self._tags[name]}"'}
        if self._tags[name] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        content_type = guess_type(name)[0] or "application/octet-stream"
        charset = None if content_type.startswith("image/png") else "utf-8"
        return web.Response(body=content, content_type=content_type, charset=charset, headers=headers)


def not_found() -> web.Response:
    """The answer for a path that leads nowhere."""
    return web.Response(text="There is nothing here.", status=404, headers=SAFETY_HEADERS)


def _read_folder() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.is_file()}
