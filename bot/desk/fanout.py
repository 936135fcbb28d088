"""A list of members as one room: what is posted there becomes one post for each member it concerns.

The desk writes to a list as to any team chat. Before a draft is written, this gives each post to those
who are to read it, as things stand then: who is on duty, who has the conversation, who reads along.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from bot.api import ChatRef, PostStyle
from bot.desk import refused
from bot.desk.card import introduction
from bot.duty import Abilities, Duty
from bot.model import LIST, Action, Conversation, Message, OutboxItem, Record, Status
from bot.notices import put
from bot.rulebook import Room, Rulebook
from bot.transcript import lines


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """One draft whose posts to lists are given to members.

    Attributes:
        record: the draft.
        rules: config.toml.
        duty: what is known of the members.
        abilities: what a platform can do in a chat.
        now: the time.
    """

    record: Record
    rules: Rulebook
    duty: Duty
    abilities: Abilities
    now: datetime

    def run(self) -> None:
        """Replace what is addressed to a list in the draft's outbox."""
        waiting = [item for item in self.record.outbox.values() if item.chat.channel == LIST]
        for item in waiting:
            del self.record.outbox[item.number]
        left: set[tuple[ChatRef, int]] = set()
        for item in sorted(waiting, key=lambda item: item.number):
            # A list has no threads and no card: what a card says stands above the first post to each member.
            if item.action is not Action.POST:
                continue
            place = (item.chat, item.conversation)
            if place in left:
                refused.move(self.record, item, self.rules)
            elif not self._post(item):
                left.add(place)

    def _post(self, item: OutboxItem) -> bool:
        """Give a post to those it concerns; False when nobody can be reached, and the inbox has it now."""
        conversation = self.record.conversations.get(item.conversation)
        room = self.rules.room_at(item.chat)
        if conversation is None or room is None:
            return True
        if conversation.room != item.chat:
            self._tell_where_it_went(item, conversation, room)
            return True
        wanted = self._audience(item, conversation, room)
        reached = [chat for chat in wanted if self.duty.is_awake(chat, self.now)]
        for chat in wanted:
            if chat not in reached:
                self._wake(item, chat)
        if not reached:
            reason = self.rules.wording("list.nobody")
            refused.chat_gone(self.record, item, reason, self.now, self.rules)
            return conversation.status is Status.CLOSED
        for chat in reached:
            if (left := self._without_known(item, chat)) is not None:
                self._give(self._introduced(left, conversation, chat), chat)
        return True

    def _tell_where_it_went(self, item: OutboxItem, conversation: Conversation, room: Room) -> None:
        for chat in self._members(room):
            if not (self._knows(conversation, chat) and self.duty.is_reachable(chat, self.now)):
                continue
            if (left := self._without_known(item, chat)) is not None:
                self._give(left, chat)

    def _audience(self, item: OutboxItem, conversation: Conversation, room: Room) -> list[ChatRef]:
        """The members on duty whom a post concerns."""
        on_duty = [chat for chat in self._members(room) if self.duty.is_on(chat)]
        author = self._author_of(item)
        if author in on_duty:
            return [author]
        claimer = conversation.claimed_in
        if item.to_all or claimer not in on_duty or not self.duty.is_awake(claimer, self.now):
            return on_duty
        having = {conversation.claimed_in, *conversation.watchers}
        return [chat for chat in on_duty if chat in having]

    def _members(self, room: Room) -> list[ChatRef]:
        """The members of a list; nobody is shown their own conversation."""
        contact = self.record.contact
        own = {contact.chat.chat_id, *contact.aliases}
        return [
            chat for chat in room.members if chat.channel != contact.chat.channel or chat.chat_id not in own
        ]

    def _author_of(self, item: OutboxItem) -> ChatRef | None:
        """The member whose own message a notice is about: it concerns nobody else."""
        quoted = self.record.messages.get(item.quotes)
        if item.style is not PostStyle.NOTICE or quoted is None or quoted.source is None:
            return None
        return quoted.source.chat.whole

    def _wake(self, item: OutboxItem, chat: ChatRef) -> None:
        """Ask a member to write in whose platform does not let us write to them."""
        if template := self.duty.wake(chat, self.now):
            put(
                self.record,
                Action.POST,
                chat,
                self.now,
                conversation=item.conversation,
                text=self.rules.wording("list.wake"),
                style=PostStyle.NOTICE,
                template=template,
            )

    def _introduced(self, item: OutboxItem, conversation: Conversation, chat: ChatRef) -> OutboxItem:
        """The post, below what its first reader must know of the conversation."""
        if item.style is not PostStyle.MESSAGE or self._knows(conversation, chat):
            return item
        face = introduction(self.record, conversation.number, self.rules, self.abilities)
        text = "\n".join(filter(None, (face.text, item.text)))
        return replace(item, text=text, choices=item.choices or face.choices)

    def _without_known(self, item: OutboxItem, chat: ChatRef) -> OutboxItem | None:
        """The post without what a member wrote, was shown, or will be; None when nothing is left of it."""
        coming = [
            other
            for other in self.record.outbox.values()
            if other.chat == chat and other.action is Action.POST and other.messages
        ]
        what = (item.style, item.messages, item.files)
        if any((other.style, other.messages, other.files) == what for other in coming):
            return None
        told = {
            number
            for other in coming
            if other.style is item.style and other.text and item.text
            for number in other.messages
        }
        messages = [(number, self.record.messages.get(number)) for number in item.messages]
        left = {
            number: line
            for number, line in messages
            if line is None or not (number in told or _stands_at(line, chat))
        }
        if len(left) == len(item.messages):
            return item
        if not left:
            return None
        if item.style is not PostStyle.MESSAGE or item.files or None in left.values():
            return item
        known = [line for line in left.values() if line is not None]
        text = lines(known, self.record.contact, self.rules.wording)
        return replace(item, text=text, messages=tuple(left))

    def _knows(self, conversation: Conversation, chat: ChatRef) -> bool:
        """Whether a member was shown anything of a conversation, or will be."""
        coming = any(
            item.chat == chat and item.conversation == conversation.number and not item.template
            for item in self.record.outbox.values()
        )
        return coming or any(
            post.chat.whole == chat
            for line in self.record.in_conversation(conversation.number)
            for post in line.posts
        )

    def _give(self, item: OutboxItem, chat: ChatRef) -> None:
        number = self.record.take_number()
        self.record.outbox[number] = replace(item, number=number, chat=chat, thread_id="")


def _stands_at(line: Message, chat: ChatRef) -> bool:
    places = line.posts if line.source is None else (*line.posts, line.source)
    return any(place.chat.whole == chat for place in places)
