"""Content templates as the Content API shows them, for the simulator."""

from collections.abc import Mapping
from typing import Any


def quick_reply(*, buttons: int) -> Mapping[str, Any]:
    """The types of a quick-reply template whose every part is a variable."""
    actions = [
        {"type": "QUICK_REPLY", "title": f"{{{{{2 * number}}}}}", "id": f"{{{{{2 * number + 1}}}}}"}
        for number in range(1, buttons + 1)
    ]
    return {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}


def list_picker(*, items: int) -> Mapping[str, Any]:
    """The types of a list-picker template whose every part but the button is a variable."""
    entries = [
        {"item": f"{{{{{2 * number}}}}}", "id": f"{{{{{2 * number + 1}}}}}", "description": " "}
        for number in range(1, items + 1)
    ]
    return {"twilio/list-picker": {"body": "{{1}}", "button": "Menu", "items": entries}}


def text_template(body: str) -> Mapping[str, Any]:
    """The types of a plain template."""
    return {"twilio/text": {"body": body}}
