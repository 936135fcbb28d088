"""The Conversations API: what was said while nobody listened, and whether a doubtful send arrived."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiolimiter import AsyncLimiter

from bot.api import Attachment, ChatRef, IncomingMessage, MediaKind, Sender, Wording
from plugins._meta.attachments import remote_id
from plugins._meta.client import GraphClient
from plugins._meta.network import Network
from plugins._meta.places import IsOurs

MESSAGES = 25
"""Messages asked for of each conversation."""

PAGES = 20
"""Pages of conversations looked at after downtime."""

CALLS_PER_SECOND = 2
"""What the Conversations API takes (Messenger Platform, Rate limiting)."""

_ATTACHMENT = "attachments{id,mime_type,name,size,image_data,video_data,file_url}"
_FIELDS = f"updated_time,messages.limit({MESSAGES}){{id,created_time,from,message,{_ATTACHMENT}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a conversation, from either side.

    Attributes:
        chat_id: the contact's.
        mid: the platform's id, the same as in webhooks.
        is_ours: the account wrote it, through whatever app.
        at: when.
        text: what was written.
        attachments: its files as the API lists them.
    """

    chat_id: str
    mid: str
    is_ours: bool
    at: datetime
    text: str
    attachments: tuple[Mapping[str, Any], ...]


class Conversations:
    """What reads the account's conversations.

    Args:
        client: asks the platform.
        network: what the platform calls itself.
        own_names: the ids and the user names by which the account appears.
    """

    def __init__(
        self,
        client: GraphClient,
        network: Network,
        *,
        own_names: Callable[[], frozenset[str]],
    ) -> None:
        self._client = client
        self._platform = network.platform
        self._own_names = own_names
        self._pace = AsyncLimiter(CALLS_PER_SECOND, 1)

    async def with_contact(self, chat_id: str) -> list[Said]:
        """The latest messages with one contact, oldest first; raises as `GraphClient.ask`."""
        answer = await self._page(user_id=chat_id)
        found = [said for each in _objects(answer) for said in self._messages(each, chat_id)]
        return sorted(found, key=lambda said: said.at)

    async def since(self, start: datetime) -> AsyncIterator[Said]:
        """Everything said from `start` on, a conversation at a time, oldest first in each.

        Raises:
            PluginError: as `GraphClient.ask`.
        """
        after: dict[str, str] = {}
        for _ in range(PAGES):
            answer = await self._page(limit="25", **after)
            conversations = _objects(answer)
            for each in conversations:
                found = [said for said in self._messages(each, "") if said.at >= start]
                for said in sorted(found, key=lambda said: said.at):
                    yield said
            cursor = _next_page(answer)
            updated = [_time(each.get("updated_time")) for each in conversations]
            if not cursor or not updated or updated[-1] < start:
                return
            after = {"after": cursor}

    async def _page(self, **more: str) -> dict[str, Any]:
        await self._pace.acquire()
        return await self._client.ask("me/conversations", platform=self._platform, fields=_FIELDS, **more)

    def _messages(self, conversation: Mapping[str, Any], chat_id: str) -> Iterator[Said]:
        rows = _objects(conversation.get("messages"))
        own = self._own_names()
        for row in rows:
            author = row.get("from")
            if isinstance(author, dict) and not chat_id and not _is_in(author, own):
                chat_id = str(author.get("id", ""))
        for row in rows:
            author, mid = row.get("from"), row.get("id")
            if chat_id and isinstance(mid, str) and isinstance(author, dict):
                yield Said(
                    chat_id=chat_id,
                    mid=mid,
                    is_ours=author.get("id") != chat_id,
                    at=_time(row.get("created_time")),
                    text=str(row.get("message") or ""),
                    attachments=tuple(_objects(row.get("attachments"))),
                )


def heard(said: Said, sender: Sender, *, channel: str, say: Wording, is_ours: IsOurs) -> IncomingMessage:
    """A contact's message as its webhook would have had it; the same id, so that it counts once."""
    files = tuple(
        file
        for index, raw in enumerate(said.attachments)
        if (file := _file(raw, said.mid, index, is_ours)) is not None
    )
    is_empty = not said.text and not files
    return IncomingMessage(
        event_id=said.mid,
        chat=ChatRef(channel, said.chat_id),
        sender=sender,
        sent_at=said.at,
        text=said.text,
        message_id=said.mid,
        attachments=files,
        unsupported=say("unsupported") if is_empty else "",
    )


def link_of(raw: Mapping[str, Any]) -> str:
    """Where a file of a message is, as the API lists it; empty where it does not say."""
    for name in ("image_data", "video_data"):
        data = raw.get(name)
        if isinstance(data, dict) and isinstance(data.get("url"), str):
            return str(data["url"])
    url = raw.get("file_url")
    return url if isinstance(url, str) else ""


def _file(raw: Mapping[str, Any], mid: str, index: int, is_ours: IsOurs) -> Attachment | None:
    url, mime_type = link_of(raw), str(raw.get("mime_type") or "")
    if not url or not is_ours(url):
        return None
    kind = {"image": MediaKind.PHOTO, "video": MediaKind.VIDEO, "audio": MediaKind.VOICE}.get(
        mime_type.partition("/")[0], MediaKind.DOCUMENT
    )
    if not mime_type and "image_data" in raw:
        kind = MediaKind.PHOTO
    size = raw.get("size")
    return Attachment(
        kind=kind,
        remote_id=remote_id(mid, index, url),
        file_name=str(raw.get("name") or ""),
        mime_type=mime_type,
        size_bytes=size if isinstance(size, int) else None,
    )


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list of the API's, which stands in `data`."""
    rows = value.get("data") if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _next_page(answer: Mapping[str, Any]) -> str:
    paging = answer.get("paging")
    if not isinstance(paging, dict) or "next" not in paging:
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after", "")) if isinstance(cursors, dict) else ""


def _is_in(author: Mapping[str, Any], names: frozenset[str]) -> bool:
    return author.get("id") in names or author.get("username") in names


def _time(value: Any) -> datetime:
    """A time as the API writes it, `2026-11-20T12:00:00+0000`; long ago where it makes no sense."""
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(0, UTC)
