"""The one handler of the server: finds whose a request is, and contains what goes wrong there."""

import logging

from aiohttp import web

from bot.faults import describe
from bot.web.routing import Away, Elsewhere, Found, Handler, RouteTable, WrongMethod

logger = logging.getLogger(__name__)

_RETRY_AFTER_S = "10"


class Dispatcher:
    """Answers every request by the table it has at that moment.

    Attributes:
        table: replaced as a whole; requests that are being answered go on with the one they began with.
    """

    def __init__(self, table: RouteTable) -> None:
        self.table = table
        self._is_refusing = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request.

        Raises:
            ConnectionError: the client is gone, or its answer was cut short.
            HTTPException: what a handler answers by raising it.
        """
        match self.table.find(request.method, request.path):
            case Found(handler=handler, owner=owner):
                return await self._contained(request, handler, owner or "web")
            case WrongMethod(allowed=allowed):
                text = f"This path takes {', '.join(allowed)}.\n"
                return web.Response(status=405, headers={"Allow": ", ".join(allowed)}, text=text)
            case Away(channel=channel):
                return _later(f"The channel {channel} is not connected now; try again.\n")
            case Elsewhere(path=path):
                query = f"?{request.query_string}" if request.query_string else ""
                return web.Response(status=308, headers={"Location": path + query})
            case None:
                return web.Response(status=404, text="Nothing is here.\n")

    async def _contained(self, request: web.Request, handler: Handler, owner: str) -> web.StreamResponse:
        """Run a handler; its faults are logged here, once, without their texts: they may quote a message."""
        try:
            response = _response(await handler(request))
        except (web.HTTPException, ConnectionError):
            raise
        except OSError as error:
            if not self._is_refusing:
                self._is_refusing = True
                _log(owner, "what came in could not be stored", error)
            _end_if_begun(request, error)
            return _later("This could not be stored; try again.\n")
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a handler's fault ends its own answer only
            _log(owner, "a request failed", error)
            _end_if_begun(request, error)
            return web.Response(status=500, text="Something went wrong here; it is in the log.\n")
        self._is_refusing = False
        return response


def _response(answer: object) -> web.StreamResponse:
    """Hold a handler to its type: a plugin is checked by nobody else."""
    if not isinstance(answer, web.StreamResponse):
        raise TypeError("the handler returned no response")
    return answer


def _log(owner: str, what: str, error: BaseException) -> None:
    logger.error("%s: %s: %s", owner, what, describe(error))
    logger.debug("%s: the same with its traceback", owner, exc_info=error)


def _later(text: str) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": _RETRY_AFTER_S}, text=text)


def _end_if_begun(request: web.Request, error: BaseException) -> None:
    """Cut an answer short that has begun: a second one cannot be sent behind it."""
    if request.writer.output_size > 0:
        if request.transport is not None:
            request.transport.close()
        raise ConnectionResetError("the answer was cut short") from error
