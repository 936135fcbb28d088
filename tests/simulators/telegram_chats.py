"""The chats of the Telegram simulator: who is in them, their topics, and what stands there; no I/O."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Payload = dict[str, Any]

BOT_ID = 7_000_001
BEGIN = 1_790_000_000
"""The time of every message, in seconds of the Unix epoch, unless a test sets another."""

RIGHTS = {
    "can_manage_topics": True,
    "can_pin_messages": True,
    "can_delete_messages": True,
    "can_manage_chat": True,
}


class Refusal(Exception):
    """A call that the platform answers with an error."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.answer: Payload = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.answer["parameters"] = parameters
        self.status = status


@dataclass(slots=True, kw_only=True)
class Stored:
    """One message as its chat's people see it.

    Attributes:
        payload: as the Bot API describes it.
        is_ours: the bot wrote it.
        content: of its file, or None.
        reaction: the bot's reaction on it.
        is_pinned: it is pinned.
        is_silent: it came without a sound.
    """

    payload: Payload
    is_ours: bool = False
    content: bytes | None = None
    reaction: str = ""
    is_pinned: bool = False
    is_silent: bool = False

    @property
    def message_id(self) -> int:
        """Its number in its chat."""
        number: int = self.payload["message_id"]
        return number

    @property
    def text(self) -> str:
        """What people read."""
        return str(self.payload.get("text") or self.payload.get("caption") or "")

    @property
    def topic(self) -> int | None:
        """The topic it stands in."""
        return self.payload["message_thread_id"] if self.payload.get("is_topic_message") else None

    @property
    def buttons(self) -> list[Payload]:
        """Its buttons, in order."""
        rows = self.payload.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(slots=True, kw_only=True)
class Topic:
    """One topic of a forum."""

    topic_id: int
    title: str
    colour: int = 0
    icon: str = ""
    is_open: bool = True


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat.

    Attributes:
        payload: as it stands in messages.
        more: what `getChat` tells beside that.
        members: the description of each member as `getChatMember` gives it, by user id.
        messages: by number, oldest first.
        topics: by id.
        commands: what `setMyCommands` set for it.
        moved_to: its new id, once it has moved.
        gone: what a call for it is refused with, once it takes nothing.
    """

    payload: Payload
    more: Payload = field(default_factory=dict)
    members: dict[int, Payload] = field(default_factory=dict)
    messages: dict[int, Stored] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    commands: list[Payload] = field(default_factory=list)
    moved_to: int = 0
    gone: str = ""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def is_forum(self) -> bool:
        """Whether it has topics."""
        return bool(self.payload.get("is_forum"))

    @property
    def ours(self) -> list[Stored]:
        """What the bot wrote and people still see, oldest first."""
        return [message for message in self.messages.values() if message.is_ours]

    def member(self, user_id: int) -> Payload:
        """Somebody as a member, or as none."""
        return self.members.get(user_id, {"status": "left", "user": {"id": user_id, "is_bot": False}})


@dataclass(slots=True, kw_only=True)
class Chats:
    """Every chat of one bot, and what people cannot see.

    Attributes:
        emit: told of each update, by its kind and body.
        bot: the bot itself.
        chats: by id.
        files: kind and content by file id.
        answers: the line that answered each pressed button, by its query's id.
        connections: business connections by id.
        now: the time, in seconds of the Unix epoch.
    """

    emit: Callable[[str, Payload], int]
    bot: Payload = field(
        default_factory=lambda: {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Guichet",
            "username": "guichet_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
        }
    )
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    connections: dict[str, Payload] = field(default_factory=dict)
    now: int = BEGIN
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def private(self, user_id: int, first_name: str = "Ann") -> Chat:
        """A person's chat with the bot."""
        if user_id not in self.chats:
            payload = {"id": user_id, "type": "private", "first_name": first_name}
            self.chats[user_id] = Chat(payload=payload)
        return self.chats[user_id]

    def group(
        self, chat_id: int, title: str = "Team", *, is_forum: bool = True, rights: Payload | None = None
    ) -> Chat:
        """A group that the bot is an admin of, with these rights."""
        payload: Payload = {"id": chat_id, "type": "supergroup", "title": title}
        if is_forum:
            payload["is_forum"] = True
        member = {"status": "administrator", "user": self.bot, **(RIGHTS if rights is None else rights)}
        # The number of the General topic, 1, is nobody's.
        self.chats[chat_id] = Chat(payload=payload, members={BOT_ID: member}, numbers=count(2))
        return self.chats[chat_id]

    def at(self, chat_id: Any) -> Chat:
        """The chat that a call names, if the bot can do anything there."""
        chat = self.chats.get(int(chat_id))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.moved_to:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.gone:
            raise Refusal(403, f"Forbidden: {chat.gone}")
        return chat

    def topic(self, chat: Chat, topic_id: Any) -> Topic:
        """The topic that a call names."""
        topic = chat.topics.get(int(topic_id))
        if topic is None:
            raise Refusal(400, "Bad Request: message thread not found")
        return topic

    def may(self, chat: Chat, right: str) -> bool:
        """Whether the bot has a right in a group."""
        member = chat.member(BOT_ID)
        return member["status"] == "creator" or (
            member["status"] == "administrator" and bool(member.get(right))
        )

    def put(
        self,
        chat: Chat,
        sender: Payload,
        *,
        is_ours: bool = False,
        content: bytes | None = None,
        **more: Any,
    ) -> Stored:
        """Let a message stand in a chat."""
        number = next(chat.numbers)
        payload = {"message_id": number, "date": self.now, "chat": dict(chat.payload), "from": sender, **more}
        stored = Stored(payload=payload, is_ours=is_ours, content=content)
        chat.messages[number] = stored
        return stored

    def keep_file(self, kind: str, content: bytes) -> str:
        """Keep a file, and give the id by which it can be had and sent again."""
        file_id = f"{kind}-file-{next(self._numbers)}"
        self.files[file_id] = (kind, content)
        return file_id

    def make_topic(self, chat: Chat, title: str, *, colour: int = 0) -> Topic:
        """Make a topic, with the line that tells of it as its first message."""
        line = self.put(chat, self.bot, forum_topic_created={"name": title, "icon_color": colour})
        topic = Topic(topic_id=line.message_id, title=title, colour=colour)
        line.payload |= {"message_thread_id": topic.topic_id, "is_topic_message": True}
        chat.topics[topic.topic_id] = topic
        self.emit("message", line.payload)
        return topic
