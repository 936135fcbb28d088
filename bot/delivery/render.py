"""An outbox item as the messages that one platform can take; pure."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.api import (
    Capabilities,
    ChatRef,
    Choice,
    Location,
    MediaFile,
    OutgoingMessage,
    SharedContact,
)
from bot.delivery.graphemes import shorten
from bot.delivery.media import fit, size_in_words, takes_caption
from bot.delivery.splitting import repair, split
from bot.delivery.wording import Say, Words
from bot.model import Action, File, Ledger, Message, OutboxItem, Record

_SHORTEST_LIMIT = 4  # units: any one character fits

_Body = tuple[str, MediaFile | None]
"""The text and the file of one part."""


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
    ) -> tuple[OutgoingMessage, ...]:
        """The messages that carry `item`, in order.

        Text is cut the same way each time, whatever part comes first, so a send can go on where it stopped.

        Args:
            item: a `SEND` or `POST`.
            ledger: the record it lies in.
            capabilities: of the platform it goes to.
            chat: where it goes, thread included.
            key: the id of the first message; of the item when empty. Others are `key-1`, `key-2` and so on.

        Returns:
            Nothing when there is nothing to say.
        """
        carried = _message(ledger, item.files)
        text, media = repair(item.text), []
        if carried is not None:
            lines = [text] if text else []
            for file in carried.files:
                fitting = fit(file.media, capabilities.media) if file.media else None
                if fitting is None:
                    lines.append(self._file_line(file))
                else:
                    media.append(fitting)
            lines += _other_lines(carried)
            text = repair("\n".join(lines))
        elif item.files and not text:
            text = self.say(Words.FILE_LOST, name="", reason=self.say(Words.NOT_FETCHED)).strip()
        bodies = self._bodies(item, text, media, capabilities)
        choices = _choices(item.choices, capabilities)
        reply_to = _reply_to(item, ledger, chat) if item.quotes and capabilities.quotes else ""
        key = key or ledger.item_id(item.number)
        last = len(bodies) - 1
        return tuple(
            OutgoingMessage(
                message_id=f"{key}-{number}" if number else key,
                chat=chat,
                origin=item.origin,
                text=body,
                media=file,
                choices=choices if number == last else (),
                reply_to="" if number else reply_to,
                style=item.style,
                author=item.author,
                silent=item.silent,
            )
            for number, (body, file) in enumerate(bodies)
        )

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
            text=_one(whole, capabilities),
            choices=_choices(choices, capabilities),
            style=item.style,
            silent=item.silent,
        )

    def edited(
        self, item: OutboxItem, ledger: Ledger, capabilities: Capabilities, *, chat: ChatRef
    ) -> OutgoingMessage:
        """The new text of a message that stands already; one message, whatever its length."""
        return self.card(item, ledger, capabilities, chat=chat, text=item.text, choices=item.choices)

    def _bodies(
        self, item: OutboxItem, text: str, media: list[MediaFile], capabilities: Capabilities
    ) -> list[_Body]:
        """Text and file of each part."""
        length, limit = capabilities.text_unit.length, _text_limit(capabilities)
        mark = self._mark(item, capabilities)
        bodies: list[_Body] = [("", file) for file in media]
        # Room for the mark is kept whether it is needed or not: a repeat must find the same parts.
        if text and media and takes_caption(media[0]) and length(mark + text) <= capabilities.caption_limit:
            bodies[0] = (text, media[0])
        else:
            fits = length(mark + text if item.is_repeat else text) <= limit
            room = limit if fits else limit - length(mark)
            bodies += [(part, None) for part in split(text, room, capabilities.text_unit)]
        return _with_mark(bodies, mark, item.parts_sent, capabilities) if item.is_repeat else bodies

    def _mark(self, item: OutboxItem, capabilities: Capabilities) -> str:
        """What stands before a post that may have been made already; a contact never sees it."""
        if item.action is Action.SEND:
            return ""
        mark = f"{self.say(Words.REPEAT)} "
        is_short = capabilities.text_unit.length(mark) <= _text_limit(capabilities) // 2
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


def _text_limit(capabilities: Capabilities) -> int:
    return max(capabilities.text_limit, _SHORTEST_LIMIT)


def _one(text: str, capabilities: Capabilities) -> str:
    """`text`, or as much of its beginning as one message holds."""
    unit, limit = capabilities.text_unit, _text_limit(capabilities)
    if unit.length(text) <= limit:
        return text
    room = max(limit - unit.length("…"), 1)
    return (split(text, room, unit) or ("",))[0] + "…"


def _with_mark(bodies: list[_Body], mark: str, first: int, capabilities: Capabilities) -> list[_Body]:
    """Put `mark` on the first part from `first` on that has room for words."""
    for number, (text, media) in enumerate(bodies):
        if number < first:
            continue
        if text:
            bodies[number] = (mark + text, media)
            return bodies
        if (
            media is not None
            and takes_caption(media)
            and 0 < capabilities.text_unit.length(mark.strip()) <= capabilities.caption_limit
        ):
            bodies[number] = (mark.strip(), media)
            return bodies
    return [*bodies, (mark.strip(), None)] if bodies and mark else bodies


def _message(ledger: Ledger, number: int) -> Message | None:
    return ledger.messages.get(number) if number and isinstance(ledger, Record) else None


def _other_lines(message: Message) -> list[str]:
    """What a message says besides words and files."""
    lines = []
    if message.location is not None:
        lines.append(_place(message.location))
    if message.shared_contact is not None:
        lines.append(_person(message.shared_contact))
    if message.unsupported:
        lines.append(f"[{message.unsupported}]")
    return lines


def _place(location: Location) -> str:
    link = f"https://maps.google.com/?q={location.latitude:.6f},{location.longitude:.6f}"
    return "📍 " + " · ".join(filter(None, (location.title, location.address, link)))


def _person(contact: SharedContact) -> str:
    return "👤 " + " ".join(filter(None, (contact.name, contact.phone)))


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
