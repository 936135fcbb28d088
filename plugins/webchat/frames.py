"""What pages may send over their sockets, each frame checked before anything acts on it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

TEXT_LIMIT = 10_000
FRAME_LIMIT_BYTES = 64 * 1024

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
PostId = Annotated[str, StringConstraints(min_length=1, max_length=256)]
_Frame = TypeVar("_Frame")


class FrameRefused(Exception):
    """A frame that was not acted on; the text is for the person who sent it.

    Attributes:
        code: a word that the page has a translation for.
        may_retry: the same frame may be taken later.
        is_fault: no page of ours sends such a frame.
    """

    def __init__(self, code: str, text: str, *, may_retry: bool = False, is_fault: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.may_retry = may_retry
        self.is_fault = is_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFrame:
    """Somebody wrote something; `upload` is the reference that the upload was answered with."""

    type: Literal["message"]
    client_id: ClientId
    text: str = ""
    reply_to: Annotated[str, StringConstraints(max_length=256)] = ""
    upload: str = ""
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressFrame:
    """Somebody pressed a button under a post."""

    type: Literal["press"]
    client_id: ClientId
    message_id: PostId
    choice_id: str
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFrame:
    """Somebody changed the text of a post of theirs."""

    type: Literal["edit"]
    client_id: ClientId
    message_id: PostId
    text: str
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteFrame:
    """Somebody took a post of theirs back."""

    type: Literal["delete"]
    client_id: ClientId
    message_id: PostId
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFrame:
    """The contact's page has these posts; `read`: a person is looking at them."""

    type: Literal["seen"]
    message_ids: Annotated[tuple[PostId, ...], Field(max_length=200)]
    state: Literal["delivered", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderFrame:
    """The page wants the posts before those it has."""

    type: Literal["older"]
    before: Annotated[int, Field(ge=1, lt=10**9)]
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFrame:
    """The contact says their name."""

    type: Literal["name"]
    name: Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFrame:
    """The member opens a thread, or a room's general section."""

    type: Literal["watch"]
    room: str
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingFrame:
    """Somebody is writing."""

    type: Literal["typing"]
    room: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFrame:
    """The member looks for threads."""

    type: Literal["search"]
    query: Annotated[str, StringConstraints(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PingFrame:
    """The page asks whether the connection is alive."""

    type: Literal["ping"]


SharedFrame = MessageFrame | PressFrame | EditFrame | DeleteFrame
ContactFrame = SharedFrame | SeenFrame | OlderFrame | NameFrame | TypingFrame | PingFrame
DeskFrame = SharedFrame | OlderFrame | WatchFrame | SearchFrame | TypingFrame | PingFrame

CONTACT_FRAMES: TypeAdapter[ContactFrame] = TypeAdapter(Annotated[ContactFrame, Field(discriminator="type")])
DESK_FRAMES: TypeAdapter[DeskFrame] = TypeAdapter(Annotated[DeskFrame, Field(discriminator="type")])


def parse(frames: TypeAdapter[_Frame], text: str) -> _Frame:
    """Read one frame.

    Raises:
        FrameRefused: it is no JSON, of no known type, or lacks something.
    """
    try:
        return frames.validate_json(text)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        code, text = {
            "json_invalid": ("malformed", "This is not JSON."),
            "union_tag_invalid": ("unknown", "There is no frame of this type."),
            "union_tag_not_found": ("unknown", "The frame has no type."),
        }.get(first["type"], ("malformed", f"The frame is wrong at {where}: {first['msg']}."))
        raise FrameRefused(code, text, is_fault=True) from None
