"""Menus as buttons: a content template of the account, filled with the labels of our choices; pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.api import Choice

PAYLOAD = "choice:"
"""Stands before a choice's id in what a button sends back, so that other templates' buttons stay text."""

BODY_LIMIT = 1024
"""The longest text beside buttons (twilio.com/docs/content/twilio-quick-reply)."""

_VARIABLE = re.compile(r"\{\{\s*(\w{1,16})\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of content with buttons.

    Attributes:
        name: Twilio's.
        parts: the key of its list of buttons.
        label: the key of a button's label.
        label_limit: the longest label, in characters.
        most: how many buttons may be sent without WhatsApp's approval.
    """

    name: str
    parts: str
    label: str
    label_limit: int
    most: int


KINDS = (
    Kind(name="twilio/quick-reply", parts="actions", label="title", label_limit=20, most=3),
    Kind(name="twilio/list-picker", parts="items", label="item", label_limit=24, most=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a template wants to be filled.

    Attributes:
        kind: the type of its content.
        body: the name of the variable that holds the text.
        slots: of each button, in order, the variables that hold its label and its id.
    """

    kind: Kind
    body: str
    slots: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The templates that show a menu: one for each number of buttons, for a template has as many as it has.

    Attributes:
        shape: of the one with the most buttons; the others have its first ones.
        content_sids: the SID of each by the number of its buttons.
    """

    shape: Shape
    content_sids: Mapping[int, str]

    @property
    def most(self) -> int:
        """The most buttons."""
        return len(self.shape.slots)

    def sid_for(self, text: str, choices: Sequence[Choice]) -> str:
        """The template that can show these, or empty."""
        return self.content_sids.get(len(choices), "") if 0 < len(text) <= BODY_LIMIT else ""

    def variables(self, text: str, choices: Sequence[Choice]) -> str:
        """What fills the template, as `ContentVariables` wants it."""
        values = {self.shape.body: text}
        for (label, choice_id), choice in zip(self.shape.slots, choices, strict=False):
            values[label] = choice.label
            values[choice_id] = f"{PAYLOAD}{choice.choice_id}"
        return json.dumps(values, ensure_ascii=False)


def shape_of(types: Mapping[str, Any]) -> Shape | None:
    """Read how a template wants to be filled.

    Its text and the label and id of each of its buttons must each be one variable and nothing else.

    Args:
        types: as the Content API shows them.

    Returns:
        None when the template cannot show any menu.
    """
    for kind in KINDS:
        content = types.get(kind.name)
        if not isinstance(content, dict):
            continue
        body = _variable(content.get("body"))
        buttons = content.get(kind.parts)
        if not body or not isinstance(buttons, list) or not 0 < len(buttons) <= kind.most:
            return None
        slots = tuple(
            (_variable(button.get(kind.label)), _variable(button.get("id")))
            for button in buttons
            if isinstance(button, dict)
        )
        names = [body, *(name for slot in slots for name in slot)]
        if len(slots) < len(buttons) or not all(names) or len(set(names)) < len(names):
            return None
        return Shape(kind=kind, body=body, slots=slots)
    return None


def with_buttons(types: Mapping[str, Any], shape: Shape, count: int) -> Mapping[str, Any]:
    """The types of the same template with its first buttons alone."""
    content = types[shape.kind.name]
    return {shape.kind.name: {**content, shape.kind.parts: content[shape.kind.parts][:count]}}


def choice_in(payload: str) -> str:
    """The id of the choice that a button of ours sends back; empty for any other button."""
    return payload.removeprefix(PAYLOAD) if payload.startswith(PAYLOAD) else ""


def _variable(text: object) -> str:
    match = _VARIABLE.fullmatch(text.strip()) if isinstance(text, str) else None
    return match[1] if match else ""
