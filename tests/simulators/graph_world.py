"""What people see and write on the platform that the Graph API serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.simulators.graph_rules import Answer, Refusal


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody who may write to the account.

    Attributes:
        person_id: their id, for this account only.
        profile: what the platform tells of them.
        last_at: when they last did something that opens the window.
    """

    person_id: str
    profile: dict[str, str] = field(default_factory=dict)
    last_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Post:
    """One message of the account's.

    Attributes:
        mid: its id.
        person_id: to whom.
        body: the whole body of the call.
        file: the content of its file.
        at: when.
    """

    mid: str
    person_id: str
    body: Answer
    file: bytes | None
    at: datetime

    @property
    def text(self) -> str:
        """What people read."""
        return str(self.body["message"].get("text", ""))

    @property
    def kind(self) -> str:
        """The type of its file, or empty."""
        return str(self.body["message"].get("attachment", {}).get("type", ""))

    @property
    def metadata(self) -> str:
        """What comes back in the echo."""
        return str(self.body["message"].get("metadata", ""))

    @property
    def quick_replies(self) -> list[Answer]:
        """Its buttons."""
        return list(self.body["message"].get("quick_replies", ()))

    @property
    def reply_to(self) -> str:
        """The message it quotes, or empty."""
        return str(self.body.get("reply_to", {}).get("mid", ""))


@dataclass(slots=True, kw_only=True)
class Heard:
    """One message of a person's."""

    mid: str
    person_id: str
    message: Answer
    at: datetime
    reaction: str = ""


@dataclass(slots=True)
class World:
    """People, and all that was said.

    Attributes:
        people: by id.
        posts: the account's messages, oldest first.
        heard: what people wrote, by its id.
        actions: the sender actions, as person and action.
        files: the files of the platform's own servers, by name.
        ended_links: the names of those whose link has ended.
        uploads: type and content of uploads, by their id.
    """

    people: dict[str, Person] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    heard: dict[str, Heard] = field(default_factory=dict)
    actions: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    ended_links: set[str] = field(default_factory=set)
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def hear(self, person_id: str, message: Answer, at: datetime) -> None:
        """Remember what a person wrote."""
        mid = message.get("mid", "")
        if mid and mid not in self.heard:
            self.heard[mid] = Heard(mid=mid, person_id=person_id, message=message, at=at)

    def keep_upload(self, kind: str, content: bytes) -> str:
        """Keep an upload and return its id."""
        upload_id = str(900_000 + next(self._numbers))
        self.uploads[upload_id] = (kind, content)
        return upload_id

    def check_quote(self, body: Mapping[str, Any]) -> None:
        """Refuse a quote of, or a reaction to, what does not exist."""
        named = body.get("reply_to", {}).get("mid") or body.get("payload", {}).get("message_id")
        if named and named not in self.heard and not any(post.mid == named for post in self.posts):
            raise Refusal(400, 100, "(#100) the message does not exist", subcode=2018320)

    def carry_out(self, body: Answer, *, file: bytes | None, now: datetime) -> Answer:
        """Do what a call asks for; it was looked at already."""
        person_id = body["recipient"]["id"]
        if "sender_action" in body:
            self._act(person_id, body)
            return {"recipient_id": person_id}
        mid = f"m_ours-{next(self._numbers)}"
        self.posts.append(Post(mid=mid, person_id=person_id, body=body, file=file, at=now))
        return {"recipient_id": person_id, "message_id": mid}

    def attachments_of(self, mid: str) -> list[Answer] | None:
        """The files of a message as the API lists them, under links that work; None: no such message."""
        heard = self.heard.get(mid)
        return None if heard is None else _listed(heard.message, fresh=True)

    def conversations(self, query: Mapping[str, Any], *, own: Answer) -> Answer:
        """The conversations, the one with the latest message first, 25 to a page."""
        found = []
        for person in self.people.values():
            rows = [
                _row(post.mid, post.at, own, post.text, _files_of(post))
                for post in self.posts
                if post.person_id == person.person_id
            ]
            theirs = {"id": person.person_id, "name": "…"}
            rows += [
                _row(each.mid, each.at, theirs, each.message.get("text", ""), _listed(each.message))
                for each in self.heard.values()
                if each.person_id == person.person_id
            ]
            rows.sort(key=lambda row: row["created_time"], reverse=True)
            if rows and query.get("user_id", person.person_id) == person.person_id:
                found.append(
                    {
                        "id": f"t_{person.person_id}",
                        "updated_time": rows[0]["created_time"],
                        "messages": {"data": rows[:25]},
                    }
                )
        found.sort(key=lambda each: str(each["updated_time"]), reverse=True)
        start, size = int(query.get("after", "0")), int(query.get("limit", "25"))
        answer: Answer = {"data": found[start : start + size]}
        if start + size < len(found):
            answer["paging"] = {
                "cursors": {"after": str(start + size)},
                "next": "https://graph.facebook.com/next",
            }
        return answer

    def _act(self, person_id: str, body: Answer) -> None:
        action = body["sender_action"]
        self.actions.append((person_id, action))
        if action in {"react", "unreact"}:
            mid = body["payload"]["message_id"]
            if mid in self.heard:
                self.heard[mid].reaction = body["payload"].get("reaction", "")


def _row(mid: str, at: datetime, author: Answer, text: str, files: list[Answer]) -> Answer:
    created = f"{at:%Y-%m-%dT%H:%M:%S}+0000"
    row: Answer = {"id": mid, "created_time": created, "from": author, "message": text}
    if files:
        row["attachments"] = {"data": files}
    return row


def _files_of(post: Post) -> list[Answer]:
    return [] if post.file is None else [{"id": f"f-{post.mid}", "size": len(post.file)}]


def _listed(message: Answer, *, fresh: bool = False) -> list[Answer]:
    """The files of a message as the Conversations API lists them."""
    listed = []
    for each in message.get("attachments", ()):
        url = each.get("payload", {}).get("url", "")
        if each["type"] == "image":
            listed.append(
                {"mime_type": "image/jpeg", "image_data": {"url": f"{url}-fresh" if fresh else url}}
            )
        else:
            listed.append({"mime_type": "application/octet-stream", "file_url": url})
    return listed
