"""What a file is, by its first bytes; what its sender says counts only where it is harmless."""

from dataclasses import dataclass

UNKNOWN = "application/octet-stream"
"""A file that nobody opens by itself."""

SNIFFED_BYTES = 64
"""How many bytes of a file `sniffed` looks at."""

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/webm": "weba",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "video/ogg": "ogv",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/epub+zip": "epub",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/rtf": "rtf",
    "application/x-tgsticker": "tgs",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/calendar": "ics",
    UNKNOWN: "bin",
}

_SYNONYMS = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "text/x-vcard": "text/vcard",
}


@dataclass(frozen=True, slots=True)
class _Signature:
    """The bytes that a type begins with, and which claims may make it more precise.

    Attributes:
        start: the first bytes.
        mime_type: the type that has them.
        at: where more bytes stand, which tell containers apart.
        inner: those bytes.
        also: types of the same container that are believed when they are claimed.
    """

    start: bytes
    mime_type: str
    at: int = 0
    inner: bytes = b""
    also: tuple[str, ...] = ()

    def fits(self, head: bytes) -> bool:
        return head.startswith(self.start) and head[self.at :].startswith(self.inner)


_OFFICE = tuple(
    mime_type for mime_type in _EXTENSIONS if "openxml" in mime_type or "opendocument" in mime_type
)

_SIGNATURES = (
    _Signature(b"\x89PNG\r\n\x1a\n", "image/png"),
    _Signature(b"\xff\xd8\xff", "image/jpeg"),
    _Signature(b"GIF8", "image/gif"),
    _Signature(b"RIFF", "image/webp", at=8, inner=b"WEBP"),
    _Signature(b"RIFF", "audio/wav", at=8, inner=b"WAVE"),
    _Signature(b"BM", "image/bmp", at=6, inner=b"\0\0\0\0"),
    _Signature(b"%PDF-", "application/pdf"),
    _Signature(b"OggS", "audio/ogg", also=("video/ogg",)),
    _Signature(b"fLaC", "audio/flac"),
    _Signature(b"ID3", "audio/mpeg"),
    _Signature(b"\xff\xfb", "audio/mpeg"),
    _Signature(b"\xff\xf3", "audio/mpeg"),
    _Signature(b"\xff\xf1", "audio/aac"),
    _Signature(b"\xff\xf9", "audio/aac"),
    _Signature(b"#!AMR", "audio/amr"),
    _Signature(b"\x1aE\xdf\xa3", "video/webm", also=("audio/webm",)),
    _Signature(b"", "image/heic", at=4, inner=b"ftyphei"),
    _Signature(b"", "image/heic", at=4, inner=b"ftypmif1"),
    _Signature(b"", "image/avif", at=4, inner=b"ftypavif"),
    _Signature(b"", "video/3gpp", at=4, inner=b"ftyp3g"),
    _Signature(b"", "video/quicktime", at=4, inner=b"ftypqt"),
    _Signature(b"", "audio/mp4", at=4, inner=b"ftypM4A"),
    _Signature(b"", "video/mp4", at=4, inner=b"ftyp", also=("audio/mp4", "video/3gpp", "video/quicktime")),
    _Signature(b"PK\x03\x04", "application/zip", also=(*_OFFICE, "application/epub+zip")),
    _Signature(b"\x1f\x8b", "application/gzip", also=("application/x-tgsticker",)),
    _Signature(
        b"\xd0\xcf\x11\xe0",
        "application/msword",
        also=("application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    ),
    _Signature(b"{\\rtf", "application/rtf"),
)

_UNMARKED = frozenset({"text/plain", "text/csv", "text/vcard", "text/calendar"})
"""Harmless types that have no signature: the sender is believed."""


def sniffed(head: bytes, claimed: str) -> str:
    """The type to serve a file as.

    Args:
        head: its first bytes, `SNIFFED_BYTES` of them if there are so many.
        claimed: the type its sender says, with or without parameters; may be empty or a lie.

    Returns:
        The type its bytes have; a claimed one only where it agrees with them, or where it has no mark and
        no browser runs it. Pages and pictures that can hold scripts are never among them.
    """
    bare = claimed.partition(";")[0].strip().lower()
    bare = _SYNONYMS.get(bare, bare)
    for signature in _SIGNATURES:
        if signature.fits(head):
            return bare if bare in signature.also else signature.mime_type
    return bare if bare in _UNMARKED else UNKNOWN


def extension_of(mime_type: str) -> str:
    """The file name extension of a type that `sniffed` returned, without a dot."""
    return _EXTENSIONS.get(mime_type, "bin")
