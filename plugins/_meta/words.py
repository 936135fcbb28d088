"""The few words that stand for what has none of its own, in the languages of config.toml."""

from collections.abc import Mapping
from types import MappingProxyType

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "unsupported": "something that the platform shows only in its own app",
            "story_reply": "in reply to your story",
            "story_mention": "mentioned you in a story",
            "shared": "shared: {what}",
            "post": "a post",
            "booking": "an appointment request",
            "template": "a message with buttons",
            "opened_link": "came through the link “{what}”",
        },
        "fr": {
            "unsupported": "quelque chose que la plateforme ne montre que dans sa propre application",
            "story_reply": "en réponse à votre story",
            "story_mention": "vous a mentionné dans une story",
            "shared": "partage : {what}",
            "post": "une publication",
            "booking": "une demande de rendez-vous",
            "template": "un message à boutons",
            "opened_link": "venu par le lien « {what} »",
        },
        "es": {
            "unsupported": "algo que la plataforma solo muestra en su propia aplicación",
            "story_reply": "en respuesta a su historia",
            "story_mention": "le ha mencionado en una historia",
            "shared": "compartido: {what}",
            "post": "una publicación",
            "booking": "una solicitud de cita",
            "template": "un mensaje con botones",
            "opened_link": "ha llegado por el enlace «{what}»",
        },
        "it": {
            "unsupported": "qualcosa che la piattaforma mostra solo nella propria app",
            "story_reply": "in risposta alla vostra storia",
            "story_mention": "vi ha menzionati in una storia",
            "shared": "condiviso: {what}",
            "post": "un post",
            "booking": "una richiesta di appuntamento",
            "template": "un messaggio con pulsanti",
            "opened_link": "è arrivato dal link «{what}»",
        },
        "pt": {
            "unsupported": "algo que a plataforma só mostra na sua própria aplicação",
            "story_reply": "em resposta à sua história",
            "story_mention": "mencionou-o numa história",
            "shared": "partilha: {what}",
            "post": "uma publicação",
            "booking": "um pedido de marcação",
            "template": "uma mensagem com botões",
            "opened_link": "chegou pelo link «{what}»",
        },
        "de": {
            "unsupported": "etwas, das die Plattform nur in ihrer eigenen App zeigt",
            "story_reply": "als Antwort auf Ihre Story",
            "story_mention": "hat Sie in einer Story erwähnt",
            "shared": "geteilt: {what}",
            "post": "ein Beitrag",
            "booking": "eine Terminanfrage",
            "template": "eine Nachricht mit Schaltflächen",
            "opened_link": "kam über den Link „{what}“",
        },
    }
)


def word(language: str, key: str, what: str = "") -> str:
    """A word or a line for people; in English where the language has none.

    Args:
        language: a two-letter code.
        key: which one.
        what: what it is about, where it is about something.
    """
    return _WORDS.get(language, _WORDS["en"])[key].replace("{what}", what)
