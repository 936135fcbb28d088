"""What the simulated Bot API does to topics of forums, and what it refuses."""

from tests.simulators.telegram_chats import Chats, Payload, Refusal, Topic

ICONS = {"❗️": "icon-waiting", "✅": "icon-answered", "🏁": "icon-closed", "🔥": "icon-fire"}
COLOURS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
_LONGEST_TITLE = 128


class Topics:
    """The methods that make and change topics."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats

    def icons(self, _call: Payload) -> list[Payload]:
        """The icons that a topic can have."""
        return [
            {
                "file_id": icon,
                "file_unique_id": icon,
                "type": "custom_emoji",
                "width": 100,
                "height": 100,
                "is_animated": False,
                "is_video": False,
                "emoji": emoji,
                "custom_emoji_id": icon,
            }
            for emoji, icon in ICONS.items()
        ]

    def create(self, call: Payload) -> Payload:
        """Make a topic."""
        chat, title = self.chats.at(call["chat_id"]), call["name"]
        if not chat.is_forum:
            raise Refusal(400, "Bad Request: the chat is not a forum")
        if not self.chats.may(chat, "can_manage_topics"):
            raise Refusal(400, "Bad Request: not enough rights to create a topic")
        colour = int(call.get("icon_color", 7322096))
        if not 0 < len(title) <= _LONGEST_TITLE or colour not in COLOURS:
            raise Refusal(400, "Bad Request: TOPIC_TITLE_INVALID")
        topic = self.chats.make_topic(chat, title, colour=colour)
        return {"message_thread_id": topic.topic_id, "name": title, "icon_color": colour}

    def edit(self, call: Payload) -> bool:
        """Change title or icon."""
        topic = self._own(call)
        title, icon = call.get("name", topic.title), call.get("icon_custom_emoji_id", topic.icon)
        if (title, icon) == (topic.title, topic.icon):
            raise Refusal(400, "Bad Request: TOPIC_NOT_MODIFIED")
        if icon and icon not in ICONS.values():
            raise Refusal(400, "Bad Request: DOCUMENT_INVALID")
        topic.title, topic.icon = title, icon
        return True

    def turn(self, call: Payload, *, is_open: bool) -> bool:
        """Close a topic, or open it."""
        topic = self._own(call)
        if topic.is_open is is_open:
            raise Refusal(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.is_open = is_open
        return True

    def _own(self, call: Payload) -> Topic:
        chat = self.chats.at(call["chat_id"])
        if not chat.is_forum:
            raise Refusal(400, "Bad Request: the chat is not a forum")
        if not self.chats.may(chat, "can_manage_topics"):
            raise Refusal(400, "Bad Request: not enough rights")
        return self.chats.topic(chat, call["message_thread_id"])

    def delete(self, call: Payload) -> bool:
        """Delete a topic with everything in it."""
        chat = self.chats.at(call["chat_id"])
        topic = self.chats.topic(chat, call["message_thread_id"])
        if not self.chats.may(chat, "can_delete_messages"):
            raise Refusal(400, "Bad Request: not enough rights to delete the topic")
        del chat.topics[topic.topic_id]
        chat.messages = {
            number: each for number, each in chat.messages.items() if each.topic != topic.topic_id
        }
        return True
