"""What a file is decided by its content."""

import pytest

from bot.store.sniffing import UNKNOWN, extension_of, sniffed


@pytest.mark.parametrize(
    ("head", "claimed", "expected", "extension"),
    [
        (b"\x89PNG\r\n\x1a\n", "", "image/png", "png"),
        (b"\xff\xd8\xff\xe0", "image/png", "image/jpeg", "jpg"),
        (b"GIF89a", "text/html", "image/gif", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp", "image/webp", "webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/x-wav", "audio/wav", "wav"),
        (b"%PDF-1.7", "application/octet-stream", "application/pdf", "pdf"),
        (b"OggS\0\x02", "audio/ogg; codecs=opus", "audio/ogg", "ogg"),
        (b"OggS\0\x02", "video/ogg", "video/ogg", "ogv"),
        (b"\0\0\0\x18ftypisom", "video/mp4", "video/mp4", "mp4"),
        (b"\0\0\0\x18ftypmp42", "audio/mp4", "audio/mp4", "m4a"),
        (b"\0\0\0\x18ftypM4A ", "", "audio/mp4", "m4a"),
        (b"\0\0\0\x18ftypheic", "image/heif", "image/heic", "heic"),
        (b"\x1aE\xdf\xa3", "audio/webm", "audio/webm", "weba"),
        (b"ID3\x04", "", "audio/mpeg", "mp3"),
        (b"#!AMR\n", "audio/amr", "audio/amr", "amr"),
        (
            b"PK\x03\x04",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.text",
            "odt",
        ),
        (b"PK\x03\x04", "text/html", "application/zip", "zip"),
        (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel", "application/vnd.ms-excel", "xls"),
        (b"Bonjour", "text/plain; charset=utf-8", "text/plain", "txt"),
        (b"BEGIN:VCARD", "text/x-vcard", "text/vcard", "vcf"),
        (b"<svg xmlns", "image/svg+xml", UNKNOWN, "bin"),
        (b"<!doctype html>", "text/html", UNKNOWN, "bin"),
        (b"nothing known", "image/png", UNKNOWN, "bin"),
        (b"", "", UNKNOWN, "bin"),
    ],
)
def test_content_decides(head: bytes, claimed: str, expected: str, extension: str) -> None:
    """The type is what the first bytes say, made more precise by a claim that agrees with them."""
    assert sniffed(head, claimed) == expected
    assert extension_of(expected) == extension
