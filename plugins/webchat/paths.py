"""Where the pages of a channel are: the first web chat's at `/chat/`, another's at `/chat/<channel>/`."""

from urllib.parse import quote

from plugins.webchat.sessions import FIRST_CHANNEL


def folder(side: str, channel: str) -> str:
    """The folder of one side's pages.

    Args:
        side: `chat` or `desk`.
        channel: the channel's name in config.toml.
    """
    return f"/{side}/" if channel == FIRST_CHANNEL else f"/{side}/{quote(channel, safe='')}/"


def below(path: str, side: str, channel: str) -> str:
    """What `path` names in the folder of one side; the first channel's may be called by its name too."""
    rest = path.removeprefix(f"/{side}/")
    return rest.removeprefix(f"{channel}/")
