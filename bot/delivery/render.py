"""An outbox item as the messages that one platform can take; pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.api import (
    Capabilities,
    ChatRef,
    Choice,
    Location,
    MediaFile,
    OutgoingMessage,
    SharedContact,
)
from bot.delivery.bodies import Body, bodies_of, one, text_limit
from bot.delivery.files import attachment_of
from bot.delivery.graphemes import shorten
from bot.delivery.media import fit, size_in_words
from bot.delivery.splitting import repair
from bot.delivery.wording import Say, Words
from bot.model import Action, File, Ledger, Message, OutboxItem, Record, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """What makes parts of items.

    Attributes:
        say: the bot's words.
        link: a signed link to a file, or empty when platforms cannot reach this server.
    """

    say: Say
    link: Callable[[MediaFile], str]

    def parts(
        self,
        item: OutboxItem,
        ledger: Ledger,
        capabilities: Capabilities,
        *,
        chat: ChatRef,
        key: str = "",
        heading: str = "",
        is_late: bool = False,
    ) -> tuple[OutgoingMessage, ...]:
        """The messages that carry `item`, in order.

        Text is cut the same way each time, whatever part comes first, so a send can go on where it stopped.

        Args:
            item: a `SEND` or `POST`.
            ledger: the record it lies in.
            capabilities: of the platform it goes to.
            chat: where it goes, thread included.
            key: the id of the first message; of the item when empty. Others are `key-1`, `key-2` and so on.
            heading: stands above every part, or empty.
            is_late: as in `OutgoingMessage`.

        Returns:
            Nothing when there is nothing to say.
        """
        carried = _message(ledger, item.files)
        text, others = repair(item.text), []
        if item.media is not None:
            fitting = fit(item.media, capabilities.media)
            if fitting is not None:
                others.append(Body(media=fitting))
            elif link := self.link(item.media):
                # The words say what it shows; without a link it is left out.
                text = repair(f"{item.text}\n{link}".strip())
        if carried is not None:
            lines = [text] if text else []
            for file in carried.files:
                if file.media is not None:
                    fitting = fit(file.media, capabilities.media)
                else:
                    fitting = _reference(file, _channel(carried, ledger), chat, capabilities)
                if fitting is None:
                    lines.append(self._file_line(file))
                else:
                    others.append(Body(media=fitting))
            more, lines_of_more = _others(carried, capabilities)
            others += more
            text = repair("\n".join((*lines, *lines_of_more)))
        elif item.files and not text:
            text = self.say(Words.FILE_LOST, name="", reason=self.say(Words.NOT_FETCHED)).strip()
        text = "\n".join(filter(None, (text, self._typed(item, item.choices, capabilities))))
        mark = self._mark(item, capabilities)
        bodies = bodies_of(
            text,
            others,
            capabilities,
            heading=heading,
            mark=mark,
            is_marked=item.is_repeat,
            first=item.parts_sent,
        )
        choices = _choices(item.choices, capabilities)
        reply_to = _reply_to(item, ledger, chat) if item.quotes and capabilities.quotes else ""
        key = key or ledger.item_id(item.number)
        last = len(bodies) - 1
        return tuple(
            OutgoingMessage(
                message_id=f"{key}-{number}" if number else key,
                chat=chat,
                origin=item.origin,
                text=body.text,
                media=body.media,
                location=body.location,
                shared_contact=body.shared_contact,
                choices=choices if number == last else (),
                reply_to="" if number else reply_to,
                style=item.style,
                author=item.author,
                silent=item.silent,
                template=item.template,
                values=item.values,
                is_late=is_late,
            )
            for number, body in enumerate(bodies)
        )

    def in_words(self, part: OutgoingMessage, reason: str) -> OutgoingMessage:
        """The same part, with a line in the place of its file."""
        assert part.media is not None
        line = self.say(Words.FILE_LOST, name=part.media.file_name, reason=reason)
        return replace(part, media=None, text="\n".join(filter(None, (part.text, line))))

    def card(
        self,
        item: OutboxItem,
        ledger: Ledger,
        capabilities: Capabilities,
        *,
        chat: ChatRef,
        text: str,
        choices: tuple[Choice, ...],
    ) -> OutgoingMessage:
        """A card, which is always one message: what does not fit gives way to an ellipsis."""
        whole = repair(text)
        if item.is_repeat:
            whole = f"{self.say(Words.REPEAT)} {whole}"
        return OutgoingMessage(
            message_id=ledger.item_id(item.number),
            chat=chat,
            origin=item.origin,
            text=one(
                "\n".join(filter(None, (whole, self._typed(item, choices, capabilities)))), capabilities
            ),
            choices=_choices(choices, capabilities),
            style=item.style,
            silent=item.silent,
        )

    def edited(
        self,
        item: OutboxItem,
        ledger: Ledger,
        capabilities: Capabilities,
        *,
        chat: ChatRef,
        heading: str = "",
    ) -> OutgoingMessage:
        """The new text of a message that stands already; one message, whatever its length."""
        text = "\n".join(filter(None, (heading, item.text)))
        return self.card(item, ledger, capabilities, chat=chat, text=text, choices=item.choices)

    def _typed(self, item: OutboxItem, choices: tuple[Choice, ...], capabilities: Capabilities) -> str:
        """What can be typed for the buttons of a post, where the platform has none, or not so many."""
        if not choices or len(choices) <= capabilities.choices or item.action is Action.SEND:
            return ""
        words = [choice.choice_id for choice in choices]
        if capabilities.threads:
            # In a thread everything is for the contact but what begins with a slash.
            words = ["/" + word.partition(" ")[2] for word in words]
        return self.say(Words.TYPED, words=" · ".join(words))

    def _mark(self, item: OutboxItem, capabilities: Capabilities) -> str:
        """What stands before a post that may have been made already; a contact never sees it."""
        if item.action is Action.SEND:
            return ""
        mark = f"{self.say(Words.REPEAT)} "
        is_short = capabilities.text_unit.length(mark) <= text_limit(capabilities) // 2
        return mark if is_short else ""

    def _file_line(self, file: File) -> str:
        """A line in the place of a file that cannot be sent here."""
        if file.media is None:
            name = file.file_name or file.kind
            return self.say(Words.FILE_LOST, name=name, reason=file.problem or self.say(Words.NOT_FETCHED))
        return self.say(
            Words.FILE_LINE,
            name=file.media.file_name,
            size=size_in_words(file.media.size_bytes),
            reason=self.link(file.media) or self.say(Words.NO_LINK),
        )


def _message(ledger: Ledger, number: int) -> Message | None:
    return ledger.messages.get(number) if number and isinstance(ledger, Record) else None


def _channel(message: Message, ledger: Ledger) -> str:
    """The channel by which a message came."""
    assert isinstance(ledger, Record)
    return (message.source.chat if message.source else ledger.contact.chat).channel


def _reference(file: File, channel: str, chat: ChatRef, capabilities: Capabilities) -> MediaFile | None:
    """A file that could not be had, as its own platform sends it again; None where it cannot."""
    source = attachment_of(file)
    is_known = capabilities.references and file.remote_id and source.kind in capabilities.media
    if not is_known or channel != chat.channel:
        return None
    return MediaFile(
        kind=source.kind,
        media_id="",
        file_name=source.file_name or source.kind,
        mime_type=source.mime_type or "application/octet-stream",
        size_bytes=source.size_bytes or 0,
        source=source,
    )


def _others(message: Message, capabilities: Capabilities) -> tuple[list[Body], list[str]]:
    """What a message says besides words and files: as the platform has it, or as lines."""
    bodies, lines = [], []
    if (place := message.location) is not None:
        if capabilities.locations:
            bodies.append(Body(location=place))
        else:
            lines.append(_place(place))
    if (person := message.shared_contact) is not None:
        if capabilities.shared_contacts:
            bodies.append(Body(shared_contact=person))
        else:
            lines.append(_person(person))
    if message.unsupported:
        lines.append(f"[{one_line(message.unsupported)}]")
    return bodies, lines


def _place(location: Location) -> str:
    link = f"https://maps.google.com/?q={location.latitude:.6f},{location.longitude:.6f}"
    named = (one_line(location.title), one_line(location.address), link)
    return "📍 " + " · ".join(filter(None, named))


def _person(contact: SharedContact) -> str:
    return "👤 " + " ".join(filter(None, (one_line(contact.name), one_line(contact.phone))))


def _choices(choices: tuple[Choice, ...], capabilities: Capabilities) -> tuple[Choice, ...]:
    """The buttons, or none when there are too many: the text has their numbers already."""
    if len(choices) > capabilities.choices:
        return ()
    return tuple(
        Choice(
            choice_id=choice.choice_id, label=shorten(repair(choice.label), capabilities.choice_label_limit)
        )
        for choice in choices
    )


def _reply_to(item: OutboxItem, ledger: Ledger, chat: ChatRef) -> str:
    """The platform's id of the message that the item quotes, in `chat`; empty when it is not there."""
    quoted = _message(ledger, item.quotes)
    if quoted is None:
        return ""
    if item.action is Action.SEND:
        return quoted.platform_ids[0] if quoted.platform_ids else ""
    posts = quoted.posts if quoted.source is None else (*quoted.posts, quoted.source)
    for post in posts:
        if post.chat == chat:
            return post.platform_id
    whole = chat.whole
    return next((post.platform_id for post in posts if post.chat.whole == whole), "")
