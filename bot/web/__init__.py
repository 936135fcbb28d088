"""The HTTP server and its table of routes."""

from bot.web.media import SignedMedia
from bot.web.routing import ChannelRoutes, RouteTable
from bot.web.server import BODY_LIMIT_BYTES, CannotListen, Process, WebServer

__all__ = [
    "BODY_LIMIT_BYTES",
    "CannotListen",
    "ChannelRoutes",
    "Process",
    "RouteTable",
    "SignedMedia",
    "WebServer",
]
