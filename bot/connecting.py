"""`check --connect`: each enabled channel asks its platform whether credentials and rights are right."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession, ClientTimeout

from bot.api import Finding, PluginError
from bot.config import Settings
from bot.idle import idle_plugin
from bot.loader import PluginCatalog
from bot.logs import Redactor
from bot.store import DocumentStore

LONGEST_S = 30


async def check_connections(
    settings: Settings, catalog: PluginCatalog, redactor: Redactor, say: Callable[[str], None]
) -> bool:
    """Tell what every enabled channel finds.

    Returns:
        Whether all is right.
    """
    is_right = True
    # A check leaves nothing behind, and does not disturb a process that runs.
    with TemporaryDirectory(prefix="guichet-check-") as folder:
        async with ClientSession(timeout=ClientTimeout(total=LONGEST_S)) as http:
            for name, channel in settings.channels.items():
                if not channel.enabled:
                    continue
                for finding in await _findings(name, settings, catalog, folder=Path(folder), http=http):
                    is_right &= finding.is_ok
                    say(redactor.redact(f"{name}: {_line(finding)}"))
    return is_right


def _line(finding: Finding) -> str:
    if finding.is_ok:
        return f"ok: {finding.what}"
    return f"WRONG: {finding.what}" + (f"; {finding.advice}" if finding.advice else "")


async def _findings(
    name: str, settings: Settings, catalog: PluginCatalog, *, folder: Path, http: ClientSession
) -> Sequence[Finding]:
    documents = DocumentStore(folder / name)
    try:
        plugin = idle_plugin(name, settings, catalog, documents=documents, data=folder, http=http)
        async with asyncio.timeout(LONGEST_S):
            return await plugin.check()
    except TimeoutError:
        return [Finding(what=f"no answer within {LONGEST_S} s", is_ok=False, advice="try again later")]
    except PluginError as error:
        return [Finding(what=str(error), is_ok=False)]
    finally:
        await documents.close()
