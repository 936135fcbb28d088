"""Reading `[channels.*]`: each table is judged by the settings of its own plugin."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import SecretStr, ValidationError

from bot.api import ChannelSettings
from bot.config.environment import Substitution
from bot.config.explaining import explain, known_keys
from bot.config.problems import KeyPath, named, suggestion
from bot.config.report import Report, Secret
from bot.config.values import read_name

SettingsByPlugin = Mapping[str, type[ChannelSettings]]


def read_channels(
    file: Substitution, *, settings_by_plugin: SettingsByPlugin, report: Report
) -> dict[str, ChannelSettings]:
    """Read every channel's table, and report what is wrong with it.

    A table that cannot be used is represented by what the bot itself must know of it: whether the
    channel is enabled, and its plugin.

    Args:
        file: the whole file.
        settings_by_plugin: the plugins that exist. Their validators find `public_url`, and whether a
            variable is missing (`unresolved`), in the validation context.
        report: takes the problems, and the secrets that no problem may show.
    """
    tables = file.values.get("channels", {})
    if not isinstance(tables, dict):
        report.broken.add(("channels",))
        report.add(("channels",), "must be a table", "write one header for each channel: [channels.…]")
        return {}
    for path, variables in file.used.items():
        if path[0] == "channels":
            report.secrets += [Secret(value=value, shown=f"${{{name}}}") for name, value in variables.items()]
    return {name: _read(name, table, file, settings_by_plugin, report) for name, table in tables.items()}


def _read(
    name: str, table: Any, file: Substitution, settings_by_plugin: SettingsByPlugin, report: Report
) -> ChannelSettings:
    path: KeyPath = ("channels", name)
    if not isinstance(table, dict):
        report.broken.add(path)
        report.add(path, "must be a table", f"write its keys under a [channels.{name}] header")
        return ChannelSettings()
    try:
        read_name(name)
    except ValueError as error:
        what, _, instead = str(error).rpartition("; ")
        report.add(path, what, instead)
    is_enabled = table.get("enabled", False)
    if not isinstance(is_enabled, bool):
        # The models of the plugins would take "no" for false, and the bot must read it as they do.
        report.add((*path, "enabled"), "must be true or false", "write enabled = true, without quotes")
        table, is_enabled = {**table, "enabled": False}, False
    plugin = table.get("plugin") or name
    reduced = ChannelSettings(enabled=is_enabled, plugin=plugin if isinstance(plugin, str) else "")
    model = settings_by_plugin.get(plugin) if isinstance(plugin, str) else ChannelSettings
    if model is None:
        where = (*path, "plugin") if "plugin" in table else path
        known = sorted(settings_by_plugin)
        report.add(where, f"there is no plugin {named(str(plugin))}", _plugin_advice(str(plugin), known))
        return reduced
    report.secrets += _literal_secrets(model, table, path, file)
    return _validate(model, table, path, file, report, is_enabled=is_enabled) or reduced


def _validate(
    model: type[ChannelSettings],
    table: dict[str, Any],
    path: KeyPath,
    file: Substitution,
    report: Report,
    *,
    is_enabled: bool,
) -> ChannelSettings | None:
    unresolved = any(missing[: len(path)] == path for missing in file.missing)
    server = file.values.get("server")
    public_url = server.get("public_url", "") if isinstance(server, dict) else ""
    try:
        return model.model_validate(table, context={"public_url": public_url, "unresolved": unresolved})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            where = (*path, *detail["loc"])
            # Nothing can be said of a value that is not known, and a channel that is off may be unfinished.
            is_whole = not detail["loc"]
            is_unfinished = detail["type"] == "missing" or is_whole
            is_unknown_value = where in file.missing and detail["type"] != "extra_forbidden"
            if is_unknown_value or (is_unfinished and not is_enabled):
                continue
            known = known_keys(model, detail["loc"][:-1])
            # The value itself may be a secret, so it is not shown.
            what, instead = explain(detail, where, known, None)
            if where in file.used and detail["type"] in {"value_error", "assertion_error"}:
                what = f"the value from the environment is not accepted: {what}"
            report.add(where, what, instead)
    return None


def _literal_secrets(
    model: type[ChannelSettings], table: dict[str, Any], path: KeyPath, file: Substitution
) -> list[Secret]:
    found = []
    for name, field in model.model_fields.items():
        is_secret = field.annotation is SecretStr or SecretStr in get_args(field.annotation)
        value = table.get(field.alias or name)
        if is_secret and isinstance(value, str) and (*path, name) not in file.missing:
            found.append(Secret(value=value, shown="***"))
    return found


def _plugin_advice(plugin: str, known: list[str]) -> str:
    advice = suggestion(plugin, known) or "name one that is installed"
    return advice if plugin in known else f"{advice}, as the table's name or as its key `plugin`"
