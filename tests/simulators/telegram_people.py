"""People of the Telegram simulator: each act of theirs, and the update that tells the bot of it."""

from collections.abc import Callable
from typing import Any, TypeVar

from tests.simulators.telegram import TelegramPlatform
from tests.simulators.telegram_chats import BOT_ID, RIGHTS, Chat, Payload, Stored

FoundT = TypeVar("FoundT")

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Who stands as the writer when an admin writes in the group's name."""


def user(user_id: int, first_name: str = "Ann", **more: Any) -> Payload:
    """A person as the Bot API describes them."""
    return {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "fr", **more}


class People:
    """Whoever uses the platform.

    Args:
        platform: the running simulator.
    """

    def __init__(self, platform: TelegramPlatform) -> None:
        self.platform = platform
        self.chats = platform.chats

    def join(self, chat: Chat, person: Payload, status: str = "member") -> None:
        """Let somebody be a member of a group, or be none any more."""
        chat.members[person["id"]] = {"status": status, "user": person}

    def write(
        self,
        person: Payload,
        text: str = "",
        *,
        chat: Chat | None = None,
        topic: int | None = None,
        answers: int | None = None,
        **more: Any,
    ) -> Stored:
        """Write to the bot, or in a group: in a topic, whose first line is answered when nothing else is."""
        chat = chat or self.chats.private(person["id"], person["first_name"])
        if text:
            more["text"] = text
        if topic is not None:
            more |= {"message_thread_id": topic, "is_topic_message": True}
        if (answered := answers or topic) is not None:
            found = chat.messages[answered].payload
            more["reply_to_message"] = {key: found[key] for key in found if key != "reply_to_message"}
        stored = self.chats.put(chat, person, **more)
        self.platform.emit("message", stored.payload)
        return stored

    def edit(self, message: Stored, **changes: Any) -> None:
        """Change what was written; without changes it is one of the edits that nobody made."""
        message.payload |= {**changes, "edit_date": self.chats.now}
        self.platform.emit("edited_message", message.payload)

    def react(self, person: Payload, chat: Chat, message_id: int, *emojis: str) -> None:
        """React to a message, or take the reaction back."""
        reactions = [{"type": "emoji", "emoji": emoji} for emoji in emojis]
        body = {"chat": chat.payload, "message_id": message_id, "user": person, "date": self.chats.now}
        self.platform.emit("message_reaction", {**body, "old_reaction": [], "new_reaction": reactions})

    def press(self, person: Payload, chat: Chat, message: Stored, label: str) -> str:
        """Press a button; gives the id of the query, which `told` waits for."""
        (data,) = [button["callback_data"] for button in message.buttons if label in button["text"]]
        query_id = f"query-{len(self.chats.answers)}"
        self.chats.answers[query_id] = ""
        body = {"id": query_id, "from": person, "message": message.payload, "chat_instance": "1"}
        self.platform.emit("callback_query", {**body, "data": data})
        return query_id

    async def told(self, query_id: str) -> str:
        """Wait until a pressed button was answered; gives the line that was shown."""
        await self.until(lambda: self._was_answered(query_id) or None)
        return self.chats.answers[query_id]

    def turn_topic(self, person: Payload, chat: Chat, topic: int, *, is_open: bool) -> None:
        """Close a topic by hand, or open it again."""
        chat.topics[topic].is_open = is_open
        kind = "forum_topic_reopened" if is_open else "forum_topic_closed"
        empty: dict[str, Any] = {kind: {}}
        self.write(person, chat=chat, topic=topic, **empty)

    def delete_topic(self, chat: Chat, topic: int) -> None:
        """Delete a topic; no update tells of it."""
        del chat.topics[topic]
        chat.messages = {number: each for number, each in chat.messages.items() if each.topic != topic}

    def turn_forum(self, chat: Chat, *, is_forum: bool) -> None:
        """Turn a group's topics on or off."""
        chat.payload.pop("is_forum", None)
        if is_forum:
            chat.payload["is_forum"] = True

    def set_bot(self, chat: Chat, by: Payload, status: str, **rights: Any) -> None:
        """Change what the bot is in a chat: `kicked` by a person who blocks it, or by a group's admin."""
        is_private = chat.payload["type"] == "private"
        before = chat.members.get(BOT_ID, {"status": "member" if is_private else "left"})
        all_rights = dict.fromkeys(RIGHTS, False) if status == "administrator" else {}
        chat.members[BOT_ID] = {"status": status, "user": self.chats.bot, **all_rights, **rights}
        gone = "bot was blocked by the user" if is_private else "bot was kicked from the supergroup chat"
        chat.gone = gone if status in {"kicked", "left"} else ""
        self.platform.emit(
            "my_chat_member",
            {
                "chat": chat.payload,
                "from": by,
                "date": self.chats.now,
                "old_chat_member": before,
                "new_chat_member": chat.members[BOT_ID],
            },
        )

    def migrate(self, chat: Chat, new_id: int) -> Chat:
        """Let a group become a supergroup, which has another id and none of the old messages."""
        moved = self.chats.group(new_id, chat.payload["title"], is_forum=True)
        moved.members = dict(chat.members)
        old, person = chat.payload["id"], user(1, "Owner")
        message = self.chats.put(chat, person, migrate_to_chat_id=new_id)
        self.platform.emit("message", message.payload)
        self.platform.emit("message", self.chats.put(moved, person, migrate_from_chat_id=old).payload)
        chat.moved_to = new_id
        return moved

    async def until(self, find: Callable[[], FoundT | None]) -> FoundT:
        """Wait until something is to be seen."""
        return await self.platform.until(find)

    async def sees(self, chat: Chat, text: str, *, topic: int | None = None) -> Stored:
        """Wait until the bot's message with this text stands in a chat; gives it."""

        def find() -> Stored | None:
            return next(
                (each for each in chat.ours if text in each.text and (topic is None or each.topic == topic)),
                None,
            )

        return await self.until(find)

    async def topic_of(self, chat: Chat, title: str) -> int:
        """Wait until a group has a topic with this in its title; gives its id."""
        return await self.until(
            lambda: next((each.topic_id for each in chat.topics.values() if title in each.title), None)
        )

    def _was_answered(self, query_id: str) -> bool:
        return any(
            method == "answerCallbackQuery" and call.get("callback_query_id") == query_id
            for method, call in self.platform.calls
        )
