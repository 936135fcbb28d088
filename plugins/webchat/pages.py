"""The pages and what they are made of, read once and served from memory."""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from mimetypes import guess_type
from pathlib import Path
from string import Template
from types import MappingProxyType

from aiohttp import web

from plugins.webchat.guards import SAFETY_HEADERS, content_security_policy
from plugins.webchat.words import Words

# A whole line, so nothing that is only like a remark, such as an address in a text, is taken for one.
_REMARK = re.compile(r"//.*|/\*[^*]*\*/")
_FOLDER = Path(__file__).parent / "static"
_SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "chat.html": ("shared", "chat"),
        "desk.html": ("shared", "desk", "tour"),
        "door.html": ("door",),
        "refused.html": ("refused",),
        "embed.js": ("embed",),
    }
)


class Pages:
    """The files of `static/`, put into words.

    Args:
        files: their contents by name.
        words: what they say.
    """

    def __init__(self, files: Mapping[str, bytes], words: Words) -> None:
        self._files = {name: _lean(name, content) for name, content in files.items()}
        self._words = words
        self._tags = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in files.items()}
        # One version for all: a page never mixes modules of two versions, and each may be kept for ever.
        self._version = hashlib.sha256("".join(sorted(self._tags.values())).encode()).hexdigest()[:12]

    @classmethod
    async def load(cls) -> "Pages":
        """Read the files."""
        return cls(await asyncio.to_thread(_read_folder), await Words.load())

    def page(
        self,
        name: str,
        language: str,
        values: Mapping[str, str],
        *,
        status: int = 200,
        frame_ancestors: str = "'none'",
        frames: str = "'none'",
    ) -> web.Response:
        """A page in a language, with `$name` in it replaced by the value, escaped.

        Args:
            name: the file, which ends in `.html`.
            language: a two-letter code; one that is not spoken here is answered in English.
            values: what to put in, beside the page's words, which are `$say_<key>`.
            status: the HTTP status.
            frame_ancestors: who may show it in a frame, as the policy's source list says it.
            frames: what it may show in a frame, likewise.
        """
        headers = {
            **SAFETY_HEADERS,
            "Content-Security-Policy": content_security_policy(frame_ancestors, frames=frames),
            "Cache-Control": "no-store",
        }
        text = self._filled(name, language, values)
        return _packed(web.Response(text=text, content_type="text/html", status=status, headers=headers))

    def embed_script(self, language: str) -> web.Response:
        """The script that other sites load, in a language; it opens the contact's page in a frame."""
        text = self._files["embed.js"].decode().replace("{/*words*/}", self._data("embed.js", language))
        headers = {
            **SAFETY_HEADERS,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "public, max-age=300",
            "Vary": "Accept-Language, Accept-Encoding",
        }
        return _packed(web.Response(text=text, content_type="text/javascript", headers=headers))

    def asset(self, request: web.Request, path: str) -> web.Response:
        """A style sheet, a script or a picture.

        Args:
            request: what asks for it.
            path: `<version>/<name>`, which a browser keeps for as long as it likes; or `<name>`, of which
                it asks each time whether it changed.
        """
        version, slash, name = path.rpartition("/")
        content = self._files.get(name)
        if content is None or name.endswith(".html") or "/" in version:
            return not_found()
        is_kept = bool(slash) and version == self._version
        keeping = "public, max-age=31536000, immutable" if is_kept else "no-cache"
        headers = {
            **SAFETY_HEADERS,
            "Cache-Control": keeping,
            "ETag": f'"{self._tags[name]}"',
            "Vary": "Accept-Encoding",
        }
        if self._tags[name] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        content_type = guess_type(name)[0] or "application/octet-stream"
        charset = None if content_type.startswith("image/png") else "utf-8"
        response = web.Response(body=content, content_type=content_type, charset=charset, headers=headers)
        return _packed(response)

    def _filled(self, name: str, language: str, values: Mapping[str, str]) -> str:
        words = self._words.of(language, *_SECTIONS[name])
        shown = {key: escape(value) for key, value in values.items()}
        shown |= {f"say_{key}": escape(text) for key, text in words.items()}
        shown |= {
            "language": self._words.known(language),
            "assets": f"assets/{self._version}",
            "words": self._data(name, language),
        }
        return Template(self._files[name].decode()).substitute(shown)

    def _data(self, name: str, language: str) -> str:
        """The words as JSON that can stand inside a page: nothing in it ends the element it stands in."""
        words = self._words.of(language, *_SECTIONS[name])
        return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")


def _packed(response: web.Response) -> web.Response:
    """The answer as the browser likes it packed: a third of the size, where that is a second on the road."""
    response.enable_compression()
    return response


def not_found() -> web.Response:
    """The answer for a path that leads nowhere."""
    return web.Response(text="There is nothing here.", status=404, headers=SAFETY_HEADERS)


def _lean(name: str, content: bytes) -> bytes:
    """A script or style sheet without what only its readers need: lines of remarks, and indentation."""
    if not name.endswith((".js", ".css")):
        return content
    lines = (line.strip() for line in content.decode().splitlines())
    return "\n".join(line for line in lines if line and not _REMARK.fullmatch(line)).encode()


def _read_folder() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.is_file()}
