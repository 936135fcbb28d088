"""The front page: what runs here, and where its pages are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from bot.supervisor import ChannelState, ChannelStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    lead: str
    pages: str
    channels: str
    connected: str
    connecting: str
    failed: str


_WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        "en": _Words(
            lead="Guichet runs here: it takes each new conversation to the right team.",
            pages="Pages",
            channels="Channels",
            connected="connected",
            connecting="connecting",
            failed="not connected",
        ),
        "fr": _Words(
            lead="Guichet fonctionne ici : il amène chaque conversation à la bonne équipe.",
            pages="Pages",
            channels="Canaux",
            connected="connecté",
            connecting="connexion en cours",
            failed="non connecté",
        ),
        "es": _Words(
            lead="Aquí funciona Guichet: lleva cada conversación al equipo adecuado.",
            pages="Páginas",
            channels="Canales",
            connected="conectado",
            connecting="conectando",
            failed="no conectado",
        ),
        "it": _Words(
            lead="Qui funziona Guichet: porta ogni conversazione alla squadra giusta.",
            pages="Pagine",
            channels="Canali",
            connected="connesso",
            connecting="connessione in corso",
            failed="non connesso",
        ),
        "pt": _Words(
            lead="O Guichet funciona aqui: leva cada conversa à equipa certa.",
            pages="Páginas",
            channels="Canais",
            connected="ligado",
            connecting="a ligar",
            failed="não ligado",
        ),
        "de": _Words(
            lead="Hier läuft Guichet: Es bringt jede Unterhaltung zum richtigen Team.",
            pages="Seiten",
            channels="Kanäle",
            connected="verbunden",
            connecting="wird verbunden",
            failed="nicht verbunden",
        ),
    }
)

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:10vh auto;padding:0 1.25rem}"
    "h1{font-size:1.75rem;margin:0}h2{font-size:1rem;margin:2rem 0 .25rem}"
    "ul{list-style:none;margin:0;padding:0}li{padding:.4rem 0}"
    "a{font-size:1.125rem}span{opacity:.7}"
)

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
    }
)


def front_page(
    *, business: str, language: str, channels: Mapping[str, ChannelStatus], pages: Sequence[str]
) -> str:
    """The front page as HTML.

    Args:
        business: the business's name, as config.toml has it.
        language: a two-letter code; one that is not spoken here is answered in English.
        channels: each channel and how it is; why one failed is for `/health`, not for visitors.
        pages: paths to link to.
    """
    known = language if language in _WORDS else "en"
    words = _WORDS[known]
    states = {
        ChannelState.CONNECTED: words.connected,
        ChannelState.CONNECTING: words.connecting,
        ChannelState.FAILED: words.failed,
    }
    links = [f'<a href="{escape(path)}">{escape(path)}</a>' for path in pages]
    lines = [f"{escape(name)} <span>{states[status.state]}</span>" for name, status in channels.items()]
    return (
        f'<!doctype html><html lang="{known}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(business)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(business)}</h1><p>{words.lead}</p>"
        f"{_list(words.pages, links)}{_list(words.channels, lines)}</main></body></html>\n"
    )


def _list(title: str, items: Sequence[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""
