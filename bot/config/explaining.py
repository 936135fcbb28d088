"""Saying in plain words what a model found wrong: the validation library's words stay out of reports."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.config.hours import DAYS, Hours, days_of
from bot.config.models import Answer, Example, Settings
from bot.config.problems import KeyPath, listed, named, nearest

_BELONGS_TO_READER: dict[type[BaseModel], set[str]] = {Answer: {"line"}, Example: {"line"}}
_VALIDATOR_PREFIXES = ("Value error, ", "Assertion failed, ")
_BAD_VALUE = "see the comments of the config.toml that Guichet came with"

_TYPES = {
    "string": ("must be a text", 'write it in quotes, {key} = "…"'),
    "bool": ("must be true or false", "write {key} = true, without quotes"),
    "int": ("must be a whole number", "write {key} = {number}, without quotes"),
    "float": ("must be a number", "write {key} = {number}, without quotes"),
    "tuple": ("must be a list", "write {key} = [ … ], with commas between the values"),
    "list": ("must be a list", "write {key} = [ … ], with commas between the values"),
    "mapping": ("must be a table", "write its keys under a [{table}] header"),
    "model": ("must be a table", "write its keys under a [{table}] header"),
    "dict": ("must be a table", "write its keys under a [{table}] header"),
    "url": ("must be a web address", 'write {key} = "https://…"'),
}
_WRONG_TYPE = {"type", "attributes_type", "parsing", "parsing_size", "from_float"}
_BOUNDS = {
    "greater_than_equal": ("ge", "must be at least {bound}", "write {bound} or more"),
    "greater_than": ("gt", "must be more than {bound}", "write a number above {bound}"),
    "less_than_equal": ("le", "must be at most {bound}", "write {bound} or less"),
    "less_than": ("lt", "must be less than {bound}", "write a number below {bound}"),
}


def explain(error: ErrorDetails, path: KeyPath, known: Sequence[str], value: Any) -> tuple[str, str]:
    """Say what is wrong and what to write instead.

    Args:
        error: what the model reports.
        path: the key in the file.
        known: the keys that the table around it may have.
        value: what the file says there, or None.
    """
    kind, context = error["type"], error.get("ctx", {})
    key = str(path[-1]) if path and isinstance(path[-1], str) else "…"
    match kind:
        case "extra_forbidden":
            return unknown_key(path, known)
        case "missing":
            under = f" under [{'.'.join(map(str, path[:-1]))}]" if len(path) > 1 else ""
            return f"{named(key)} is missing", f"write {key} = …{under}"
        case "literal_error" | "enum":
            allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            return _not_one_of(value, allowed)
        case "value_error" | "assertion_error":
            return _own_words(error["msg"])
        case "string_too_short" | "too_short":
            return "must not be empty", "write a value"
        case _ if kind in _BOUNDS:
            name, what, instead = _BOUNDS[kind]
            bound = context.get(name)
            return what.format(bound=bound), instead.format(bound=bound)
    wanted, _, reason = kind.partition("_")
    is_type = wanted == "url" or reason in _WRONG_TYPE
    what, instead = _TYPES[wanted] if is_type and wanted in _TYPES else ("is not accepted", _BAD_VALUE)
    table = ".".join(part for part in path if isinstance(part, str))
    if path and isinstance(path[-1], int):
        instead = instead.replace("{key} = ", "")
    return what, instead.format(key=key, table=table, number=_number(value))


def unknown_key(path: KeyPath, known: Sequence[str]) -> tuple[str, str]:
    """Say what was probably meant by a key that does not exist."""
    key = str(path[-1])
    what = f"there is no key {named(key)} here"
    if len(path) > 1 and key in Settings.model_fields:
        is_table = bool(known_keys(Settings, (key, "")) or known_keys(Settings, (key,)))
        return what, f"write it as [{key}]" if is_table else "write it above the first [table] of the file"
    if near := nearest(key, known):
        return what, f"write {named(near)}"
    if homes := [name for name, keys in _keys_by_section().items() if key in keys]:
        return what, f"write it under [{homes[0]}]"
    return what, f"delete it, or write {listed(known)}" if 0 < len(known) <= 12 else "delete it"


def known_keys(model: type[BaseModel], path: KeyPath) -> tuple[str, ...]:
    """The keys that the table at `path` may have, which lies below a table of `model`."""
    annotation: Any = model
    for part in path:
        annotation = _inside(annotation, part)
    if not _is_model(annotation):
        return ()
    keys = tuple(
        name for name in annotation.model_fields if name not in _BELONGS_TO_READER.get(annotation, ())
    )
    return (*keys, "mon-fri") if annotation is Hours else keys


def source_path(location: KeyPath, file: Mapping[str, Any]) -> KeyPath:
    """The place in the file that a model's complaint is about: a day may have been written as a range."""
    if len(location) < 3 or location[0] != "hours" or location[2] not in DAYS:
        return location
    table = file.get("hours", {}).get(location[1], {})
    if location[2] in table:
        return location
    ranges = [key for key in table if "-" in key and location[2] in days_of(key)]
    return (*location[:2], ranges[-1], *location[3:]) if ranges else location


def _inside(annotation: Any, part: str | int) -> Any:
    if _is_model(annotation):
        field = annotation.model_fields.get(part)
        return field.annotation if field else None
    inner = get_args(annotation)
    if not inner:
        return None
    # A mapping's values are its second argument, a list's its first.
    return inner[1] if isinstance(part, str) and len(inner) > 1 else inner[0]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _keys_by_section() -> dict[str, tuple[str, ...]]:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: tuple(model.model_fields) for name, model in sections.items() if model and _is_model(model)}


def _not_one_of(value: Any, allowed: Sequence[str]) -> tuple[str, str]:
    written = named(value) if isinstance(value, str) else "the value"
    near = nearest(value, allowed) if isinstance(value, str) and value else None
    what = f"{written} is not known here"
    return what, f"write {named(near)}" if near else f"write {listed(allowed)}"


def _own_words(message: str) -> tuple[str, str]:
    for prefix in _VALIDATOR_PREFIXES:
        message = " ".join(message.removeprefix(prefix).split())
    what, _, instead = message.rpartition("; ")
    return (what, instead) if what else (message, _BAD_VALUE)


def _number(value: Any) -> str:
    if isinstance(value, float) and isfinite(value):
        return str(int(value))
    digits = re.search(r"[0-9]+", value) if isinstance(value, str) else None
    return digits[0] if digits else "…"
