"""What the people of the loopback platform see, and the rules by which its API may change it; no I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

TITLE_LIMIT = 128

Answer = dict[str, Any]


class Refusal(Exception):
    """A call that the platform answers with an error."""

    def __init__(self, status: int, error: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.answer: Answer = {"error": error, "detail": detail, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What this instance of the platform allows; `length` counts a text in its unit."""

    text_limit: int = 1000
    length: Callable[[str], int] = len
    choices: int = 10
    threads: bool = True
    idempotent: bool = False


@dataclass(slots=True, kw_only=True)
class Post:
    """One message as the chat's people see it."""

    post_id: str
    chat: str
    thread: str
    outgoing_id: str
    text: str
    choices: list[dict[str, str]]
    file: str = ""
    place: Answer = field(default_factory=dict)
    card: Answer = field(default_factory=dict)
    reply_to: str = ""
    reaction: str = ""
    mark: str = ""


@dataclass(slots=True, kw_only=True)
class Heard:
    """What stands on a message that somebody wrote."""

    reaction: str = ""
    mark: str = ""


@dataclass(slots=True, kw_only=True)
class Thread:
    """One thread of a group chat."""

    thread_id: str
    chat: str
    title: str
    key: str
    is_open: bool = True
    state: str = ""


@dataclass(slots=True, kw_only=True)
class Rooms:
    """The chats of one account, and what each method of the API does to them.

    Attributes:
        rules: the limits that hold here.
        posts: what people see, by post id, oldest first.
        heard: what people wrote, by chat and message id.
        threads: by thread id.
        files: content by file id.
    """

    rules: Rules = field(default_factory=Rules)
    posts: dict[str, Post] = field(default_factory=dict)
    heard: dict[tuple[str, str], Heard] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _by_outgoing_id: dict[str, Post] = field(default_factory=dict)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def shown(self, chat: str) -> list[Post]:
        """What the people of a chat see, oldest first."""
        return [post for post in self.posts.values() if post.chat == chat]

    def hear(self, event: Mapping[str, Any]) -> None:
        """Know a message that somebody wrote, as its webhook says it."""
        self.heard.setdefault((event["chat"], event["message"]), Heard())

    def keep_file(self, content: bytes) -> Answer:
        """Keep a file that was uploaded."""
        file = f"f{next(self._ids)}"
        self.files[file] = content
        return {"file": file}

    def carry_out(self, method: str, body: Answer) -> Answer:
        """Do what a call asks.

        Raises:
            Refusal: the rules do not allow it.
            KeyError: `body` lacks something.
        """
        methods: dict[str, Callable[[Answer], Answer]] = {
            "me": lambda _: {"account": "loopback"},
            "send": self._send,
            "edit": self._edit,
            "delete": self._delete,
            "react": lambda body: self._touch(body, reaction=body["emoji"]),
            "mark": lambda body: self._touch(body, mark=body["mark"]),
            "typing": lambda body: {"chat": body["chat"]},
            "find": self._find,
            "open_thread": self._open_thread,
            "close_thread": lambda body: self._change_thread(body, is_open=False),
            "reopen_thread": lambda body: self._change_thread(body, is_open=True),
            "show_state": self._show_state,
            "rename_thread": lambda body: self._change_thread(body, title=body["title"]),
        }
        if method not in methods:
            raise Refusal(404, "no_method", f"there is no method {method}")
        return methods[method](body)

    def _send(self, body: Answer) -> Answer:
        outgoing_id, chat, thread = body["id"], body["chat"], body.get("thread", "")
        if self.rules.idempotent and (earlier := self._by_outgoing_id.get(outgoing_id)) is not None:
            return {"post": earlier.post_id}
        file = body.get("file", "")
        if file and file not in self.files:
            raise Refusal(400, "no_file", f"there is no file {file}")
        place, card = body.get("place", {}), body.get("card", {})
        self._check_text(body["text"], may_be_empty=bool(file or place or card))
        if thread and not self._thread(chat, thread).is_open:
            raise Refusal(404, "thread_gone", "the thread is closed")
        reply_to = body.get("reply_to", "")
        if reply_to and (chat, reply_to) not in self.heard:
            self._post({"chat": chat, "post": reply_to})
        post = Post(
            post_id=f"p{next(self._ids)}",
            chat=chat,
            thread=thread,
            outgoing_id=outgoing_id,
            text=body["text"],
            choices=self._check_choices(body.get("choices", [])),
            file=file,
            place=place,
            card=card,
            reply_to=reply_to,
        )
        self.posts[post.post_id] = self._by_outgoing_id[outgoing_id] = post
        return {"post": post.post_id}

    def _edit(self, body: Answer) -> Answer:
        post = self._post(body)
        self._check_text(body["text"], may_be_empty=bool(post.file))
        choices = self._check_choices(body.get("choices", []))
        if (post.text, post.choices) == (body["text"], choices):
            raise Refusal(400, "not_modified", "the message is the same")
        post.text, post.choices = body["text"], choices
        return {"post": post.post_id}

    def _delete(self, body: Answer) -> Answer:
        post = self._post(body)
        del self.posts[post.post_id]
        return {"post": post.post_id}

    def _touch(self, body: Answer, **values: str) -> Answer:
        place = (body["chat"], body["post"])
        touched = self.heard[place] if place in self.heard else self._post(body)
        for name, value in values.items():
            setattr(touched, name, value)
        return {"post": body["post"]}

    def _find(self, body: Answer) -> Answer:
        post = self._by_outgoing_id.get(body["id"])
        return {"found": False} if post is None else {"found": True, "post": post.post_id}

    def _open_thread(self, body: Answer) -> Answer:
        chat, title, key = body["chat"], body["title"], body["key"]
        if not self.rules.threads or not 0 < len(title) <= TITLE_LIMIT:
            raise Refusal(400, "no_threads", "no threads here, or a wrong title")
        for thread in self.threads.values():
            if (thread.chat, thread.key) == (chat, key):
                return {"thread": thread.thread_id}
        thread = Thread(thread_id=f"t{next(self._ids)}", chat=chat, title=title, key=key)
        self.threads[thread.thread_id] = thread
        return {"thread": thread.thread_id}

    def _change_thread(self, body: Answer, *, is_open: bool | None = None, title: str = "") -> Answer:
        thread = self._thread(body["chat"], body["thread"])
        if thread.is_open is is_open or (title and title == thread.title):
            raise Refusal(400, "not_modified", "the thread is so already")
        thread.is_open = thread.is_open if is_open is None else is_open
        thread.title = title or thread.title
        return {"thread": thread.thread_id}

    def _show_state(self, body: Answer) -> Answer:
        thread = self._thread(body["chat"], body["thread"])
        if thread.state == body["state"]:
            raise Refusal(400, "not_modified", "the thread is so already")
        thread.state = body["state"]
        return {"thread": thread.thread_id}

    def _post(self, body: Answer) -> Post:
        post = self.posts.get(body["post"])
        if post is None or post.chat != body["chat"]:
            raise Refusal(404, "no_post", "there is no such message")
        return post

    def _thread(self, chat: str, thread_id: str) -> Thread:
        thread = self.threads.get(thread_id)
        if thread is None or thread.chat != chat:
            raise Refusal(404, "thread_gone", "there is no such thread")
        return thread

    def _check_text(self, text: str, *, may_be_empty: bool) -> None:
        if not text and not may_be_empty:
            raise Refusal(400, "empty", "the text is empty")
        if self.rules.length(text) > self.rules.text_limit:
            raise Refusal(400, "too_long", "the text is too long")

    def _check_choices(self, choices: list[dict[str, str]]) -> list[dict[str, str]]:
        if len(choices) > self.rules.choices:
            raise Refusal(400, "too_many_choices", "too many choices")
        return [{"id": choice["id"], "label": choice["label"]} for choice in choices]
