"""The methods of the simulated Bot API: what each does to the chats, and what it refuses.

The rules are those of https://core.telegram.org/bots/api: lengths in UTF-16 units, buttons of 64 bytes,
topics that must be there and open, rights, and errors in the platform's own words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.simulators.telegram_chats import Chat, Chats, Payload, Refusal, Stored
from tests.simulators.telegram_rules import check_entities, check_keyboard, check_reaction, check_text
from tests.simulators.telegram_topics import Topics

FILE_KINDS = ("photo", "video", "voice", "audio", "document", "animation", "video_note", "sticker")
DOWNLOAD_LIMIT_BYTES = 20 * 1024 * 1024

Upload = tuple[str, bytes]
"""A file's name and content."""


class Methods:
    """The methods, over one bot's chats."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats
        self._topics = Topics(chats)
        self._table: Mapping[str, Callable[[Payload], Any]] = {
            "getMe": lambda _: chats.bot,
            "getChat": self._get_chat,
            "getChatMember": lambda call: chats.at(call["chat_id"]).member(int(call["user_id"])),
            "getFile": self._get_file,
            "getBusinessConnection": self._get_connection,
            "getForumTopicIconStickers": self._topics.icons,
            "sendMessage": self._send_text,
            "sendLocation": lambda call: self._send(
                call, location={"latitude": call["latitude"], "longitude": call["longitude"]}
            ),
            "sendVenue": self._send_venue,
            "sendContact": lambda call: self._send(
                call, contact={"phone_number": call["phone_number"], "first_name": call["first_name"]}
            ),
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "deleteMessage": self._delete,
            "deleteBusinessMessages": self._delete_business,
            "setMessageReaction": self._react,
            "sendChatAction": lambda call: bool(chats.at(call["chat_id"])),
            "pinChatMessage": self._pin,
            "createForumTopic": self._topics.create,
            "editForumTopic": self._topics.edit,
            "closeForumTopic": lambda call: self._topics.turn(call, is_open=False),
            "reopenForumTopic": lambda call: self._topics.turn(call, is_open=True),
            "reopenGeneralForumTopic": lambda call: bool(chats.at(call["chat_id"])),
            "deleteForumTopic": self._topics.delete,
            "answerCallbackQuery": self._answer,
            "setMyCommands": self._set_commands,
        }

    def carry_out(self, method: str, call: Payload, uploads: Mapping[str, Upload]) -> Any:
        """Do what a call asks.

        Raises:
            Refusal: it is not allowed.
            KeyError: a parameter is missing.
        """
        kind = method.removeprefix("send")
        for file_kind in FILE_KINDS:
            if method != kind and kind == "".join(map(str.capitalize, file_kind.split("_"))):
                return self._send_file(file_kind, call, uploads)
        if method not in self._table:
            raise Refusal(404, "Not Found")
        return self._table[method](call)

    def _get_chat(self, call: Payload) -> Payload:
        chat = self.chats.at(call["chat_id"])
        return {**chat.payload, **chat.more, "accent_color_id": 1, "max_reaction_count": 11}

    def _get_file(self, call: Payload) -> Payload:
        found = self.chats.files.get(call["file_id"])
        if found is None:
            raise Refusal(400, "Bad Request: invalid file_id")
        if len(found[1]) > DOWNLOAD_LIMIT_BYTES:
            raise Refusal(400, "Bad Request: file is too big")
        return {
            "file_id": call["file_id"],
            "file_unique_id": f"u-{call['file_id']}",
            "file_size": len(found[1]),
            "file_path": f"files/{call['file_id']}",
        }

    def _get_connection(self, call: Payload) -> Payload:
        connection = self.chats.connections.get(call["business_connection_id"])
        if connection is None:
            raise Refusal(400, "Bad Request: business connection not found")
        return connection

    def _send_text(self, call: Payload) -> Payload:
        text = check_text(call["text"], 4096, "message")
        check_entities(call.get("entities", ()), text)
        return self._send(call, text=text)

    def _send_venue(self, call: Payload) -> Payload:
        place = {"latitude": call["latitude"], "longitude": call["longitude"]}
        venue = {"location": place, "title": call["title"], "address": call["address"]}
        return self._send(call, location=place, venue=venue)

    def _send_file(self, kind: str, call: Payload, uploads: Mapping[str, Upload]) -> Payload:
        if kind in uploads:
            name, content = uploads[kind]
            if not content:
                raise Refusal(400, "Bad Request: file must be non-empty")
            file_id = self.chats.keep_file(kind, content)
        else:
            file_id, name = call[kind], ""
            known, content = self.chats.files.get(file_id, ("", b""))
            if known != kind:
                raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        file: Payload = {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": len(content)}
        if kind in {"photo", "video", "animation", "sticker"}:
            file |= {"width": 10, "height": 10}
        if kind in {"video", "voice", "audio", "animation", "video_note"}:
            file |= {"duration": 1}
        if kind == "video_note":
            file |= {"length": 10}
        if kind == "sticker":
            file |= {"type": "regular", "is_animated": False, "is_video": False}
        if kind in {"document", "audio", "video", "animation"}:
            file |= {"file_name": name}
        more: Payload = {kind: [file] if kind == "photo" else file}
        if call.get("caption"):
            if kind in {"sticker", "video_note"}:
                raise Refusal(400, "Bad Request: there is no caption in such a message")
            more["caption"] = check_text(call["caption"], 1024, "message caption")
            check_entities(call.get("caption_entities", ()), more["caption"])
        return self._send(call, content=content, **more)

    def _send(self, call: Payload, *, content: bytes | None = None, **more: Any) -> Payload:
        chat = self.chats.at(call["chat_id"])
        connection_id = call.get("business_connection_id")
        if connection_id is not None:
            connection = self._get_connection(call)
            if not connection["is_enabled"]:
                raise Refusal(400, "Bad Request: business connection not found")
            more["business_connection_id"] = connection_id
        more |= self._in_topic(chat, call.get("message_thread_id"))
        if (markup := call.get("reply_markup")) is not None:
            check_keyboard(markup)
            more["reply_markup"] = markup
        if (reply := call.get("reply_parameters")) is not None:
            answered = chat.messages.get(int(reply["message_id"]))
            if answered is None and not reply.get("allow_sending_without_reply"):
                raise Refusal(400, "Bad Request: message to be replied not found")
            if answered is not None:
                more["reply_to_message"] = _flat(answered)
        stored = self.chats.put(chat, self.chats.bot, is_ours=True, content=content, **more)
        stored.is_silent = bool(call.get("disable_notification"))
        return stored.payload

    def _in_topic(self, chat: Chat, topic_id: Any) -> Payload:
        """Where a message stands; a group without topics ignores that it was to stand in one."""
        if topic_id is None or not chat.is_forum:
            return {}
        if int(topic_id) == 1:
            raise Refusal(400, "Bad Request: message thread not found")
        topic = self.chats.topic(chat, topic_id)
        if not topic.is_open and not self.chats.may(chat, "can_manage_topics"):
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")
        return {"message_thread_id": topic.topic_id, "is_topic_message": True}

    def _ours(self, call: Payload) -> Stored:
        message = self.chats.at(call["chat_id"]).messages.get(int(call["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if not message.is_ours:
            raise Refusal(400, "Bad Request: message can't be edited")
        return message

    def _edit_text(self, call: Payload) -> Payload:
        message = self._ours(call)
        if "text" not in message.payload:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        text = check_text(call["text"], 4096, "message")
        check_entities(call.get("entities", ()), text)
        return self._changed(message, call, text=text)

    def _edit_caption(self, call: Payload) -> Payload:
        caption = check_text(call["caption"], 1024, "message caption")
        return self._changed(self._ours(call), call, caption=caption)

    def _changed(self, message: Stored, call: Payload, **texts: str) -> Payload:
        markup = call.get("reply_markup")
        if markup is not None:
            check_keyboard(markup)
        if message.payload.get("reply_markup") == markup and texts.items() <= message.payload.items():
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        message.payload.pop("reply_markup", None)
        message.payload |= {**texts, "edit_date": self.chats.now}
        if markup is not None:
            message.payload["reply_markup"] = markup
        return message.payload

    def _delete(self, call: Payload) -> bool:
        chat = self.chats.at(call["chat_id"])
        message = chat.messages.get(int(call["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        if not message.is_ours and not self.chats.may(chat, "can_delete_messages"):
            raise Refusal(400, "Bad Request: message can't be deleted")
        del chat.messages[message.message_id]
        return True

    def _delete_business(self, call: Payload) -> bool:
        self._get_connection(call)
        for chat in self.chats.chats.values():
            for message_id in call["message_ids"]:
                chat.messages.pop(int(message_id), None)
        return True

    def _react(self, call: Payload) -> bool:
        message = self.chats.at(call["chat_id"]).messages.get(int(call["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to react not found")
        message.reaction = check_reaction(call.get("reaction", []))
        return True

    def _pin(self, call: Payload) -> bool:
        chat = self.chats.at(call["chat_id"])
        if not self.chats.may(chat, "can_pin_messages"):
            raise Refusal(400, "Bad Request: not enough rights to manage pinned messages in the chat")
        chat.messages[int(call["message_id"])].is_pinned = True
        return True

    def _answer(self, call: Payload) -> bool:
        query_id, text = call["callback_query_id"], call.get("text", "")
        if len(text) > 200 or query_id not in self.chats.answers:
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.chats.answers[query_id] = text
        return True

    def _set_commands(self, call: Payload) -> bool:
        for command in call["commands"]:
            if not (1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.chats.at(call["scope"]["chat_id"]).commands = call["commands"]
        return True


def _flat(message: Stored) -> Payload:
    """A message as it stands inside another: without what it answers itself."""
    return {key: value for key, value in message.payload.items() if key != "reply_to_message"}
