"""What holds where config.toml is silent: the texts in the file's language, and the presets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_ROUTING_TEXTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "fr": {
            "welcome": "Bonjour {first_name}, bienvenue chez {business} !\n{menu}",
            "error": ["Je n'ai pas compris.\n{menu}", "Je n'ai toujours pas compris.\n{menu}"],
            "assigned": "Merci ! {team} vous répond ici même.",
            "transfer": "Je vous passe {team}.",
            "fallback_message": "Un collègue va vous lire et vous répondre ici.",
            "media_hint": "Merci, bien reçu.\n{menu}",
        },
        "en": {
            "welcome": "Hello {first_name}, welcome to {business}!\n{menu}",
            "error": ["I did not understand.\n{menu}", "I still did not understand.\n{menu}"],
            "assigned": "Thank you! {team} will answer you right here.",
            "transfer": "I am passing you on to {team}.",
            "fallback_message": "A colleague will read this and answer you here.",
            "media_hint": "Thank you, we have it.\n{menu}",
        },
        "es": {
            "welcome": "Hola {first_name}, ¡bienvenido a {business}!\n{menu}",
            "error": ["No he entendido.\n{menu}", "Sigo sin entender.\n{menu}"],
            "assigned": "¡Gracias! {team} le responde aquí mismo.",
            "transfer": "Le paso con {team}.",
            "fallback_message": "Un compañero lo leerá y le responderá aquí.",
            "media_hint": "Gracias, recibido.\n{menu}",
        },
        "it": {
            "welcome": "Buongiorno {first_name}, benvenuto da {business}!\n{menu}",
            "error": ["Non ho capito.\n{menu}", "Non ho ancora capito.\n{menu}"],
            "assigned": "Grazie! {team} le risponde qui.",
            "transfer": "La passo a {team}.",
            "fallback_message": "Un collega leggerà e le risponderà qui.",
            "media_hint": "Grazie, ricevuto.\n{menu}",
        },
        "pt": {
            "welcome": "Olá {first_name}, bem-vindo à {business}!\n{menu}",
            "error": ["Não percebi.\n{menu}", "Continuo sem perceber.\n{menu}"],
            "assigned": "Obrigado! {team} responde-lhe aqui mesmo.",
            "transfer": "Vou passar a conversa a {team}.",
            "fallback_message": "Um colega vai ler e responder-lhe aqui.",
            "media_hint": "Obrigado, recebemos.\n{menu}",
        },
        "de": {
            "welcome": "Guten Tag {first_name}, willkommen bei {business}!\n{menu}",
            "error": ["Das habe ich nicht verstanden.\n{menu}", "Ich verstehe es leider noch nicht.\n{menu}"],
            "assigned": "Danke! {team} antwortet Ihnen gleich hier.",
            "transfer": "Ich verbinde Sie mit {team}.",
            "fallback_message": "Jemand aus unserem Haus liest das und antwortet Ihnen hier.",
            "media_hint": "Danke, ist angekommen.\n{menu}",
        },
    }
)

_ACKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fr": ("merci", "merci beaucoup", "ok", "d'accord", "parfait", "super", "👍", "🙏"),
        "en": ("thanks", "thank you", "ok", "okay", "perfect", "great", "👍", "🙏"),
        "es": ("gracias", "muchas gracias", "ok", "vale", "perfecto", "👍", "🙏"),
        "it": ("grazie", "grazie mille", "ok", "va bene", "perfetto", "👍", "🙏"),
        "pt": ("obrigado", "obrigada", "ok", "está bem", "perfeito", "👍", "🙏"),
        "de": ("danke", "vielen dank", "ok", "in ordnung", "perfekt", "👍", "🙏"),
    }
)

_RATING_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "fr": {"question": "Comment était-ce ? De 1 (mauvais) à 5 (très bien).", "thanks": "Merci !"},
        "en": {"question": "How was it? From 1 (bad) to 5 (very good).", "thanks": "Thank you!"},
        "es": {"question": "¿Qué tal ha sido? De 1 (mal) a 5 (muy bien).", "thanks": "¡Gracias!"},
        "it": {"question": "Com'è andata? Da 1 (male) a 5 (molto bene).", "thanks": "Grazie!"},
        "pt": {"question": "Como correu? De 1 (mal) a 5 (muito bem).", "thanks": "Obrigado!"},
        "de": {"question": "Wie war es? Von 1 (schlecht) bis 5 (sehr gut).", "thanks": "Danke!"},
    }
)

_AWAY: Mapping[str, str] = MappingProxyType(
    {
        "fr": "Nous sommes fermés. {team} vous répond dès {next_open}.",
        "en": "We are closed. {team} will answer you from {next_open}.",
        "es": "Estamos cerrados. {team} le responde a partir de {next_open}.",
        "it": "Siamo chiusi. {team} le risponde da {next_open}.",
        "pt": "Estamos fechados. {team} responde-lhe a partir de {next_open}.",
        "de": "Wir haben geschlossen. {team} antwortet Ihnen ab {next_open}.",
    }
)

_PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "callbell": {
            "routing": {"max_attempts": 0, "first_message": "welcome"},
            "lifecycle": {"reopen_window": "10m", "acks": ()},
        }
    }
)


def with_defaults(file: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what depends on the file's own language and preset; all that the file sets stays.

    Args:
        file: the whole of config.toml, read but not checked: any value may have any type.
    """
    language, preset = file.get("language", "en"), file.get("preset", "default")
    known = language if isinstance(language, str) and language in _ROUTING_TEXTS else "en"
    chosen = _PRESETS.get(preset, {}) if isinstance(preset, str) else {}
    defaults: dict[str, Mapping[str, Any]] = {
        "routing": {**_ROUTING_TEXTS[known], **chosen.get("routing", {})},
        "lifecycle": {"acks": _ACKS[known], **chosen.get("lifecycle", {})},
        "rating": _RATING_TEXTS[known],
    }
    filled = dict(file)
    for section, values in defaults.items():
        filled[section] = _under(values, file.get(section, {}))
    filled["hours"] = _each(file.get("hours", {}), lambda _: {"away": _AWAY[known]})
    # So that a missing address is reported by its own name.
    filled.setdefault("inbox", {})
    # A team without a name is called by its key.
    filled["teams"] = _each(file.get("teams", {}), lambda key: {"name": key})
    return filled


def _under(defaults: Mapping[str, Any], table: Any) -> Any:
    return {**defaults, **table} if isinstance(table, Mapping) else table


def _each(tables: Any, defaults: Any) -> Any:
    if not isinstance(tables, Mapping):
        return tables
    return {key: _under(defaults(key), table) for key, table in tables.items()}
