"""Files that came with a message: fetched from their platform once, held, or lost for a reason."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial

from msgspec.structs import replace as replace_fields

from bot.api import (
    Attachment,
    ConnectionFailed,
    MediaFile,
    MediaKind,
    Plugin,
    PluginError,
    RateLimited,
)
from bot.delivery.calls import outcome_of
from bot.delivery.surroundings import Surroundings
from bot.delivery.wording import Words
from bot.faults import describe
from bot.model import File, Ledger, Message, Record

logger = logging.getLogger(__name__)

_ACTION = "download"


def has_missing(ledger: Ledger, number: int) -> bool:
    """Whether a file of the transcript message `number` is neither held nor lost."""
    message = ledger.messages.get(number) if isinstance(ledger, Record) else None
    return message is not None and any(map(_is_missing, message.files))


def _is_missing(file: File) -> bool:
    return file.media is None and not file.problem


class Files:
    """What fetches files.

    Args:
        around: records, media store, limits.
        plugin_of: a channel's plugin, or None while it is not connected.
        spawn: runs a job in a task; the owner cancels it when the process stops.
    """

    def __init__(
        self,
        around: Surroundings,
        plugin_of: Callable[[str], Plugin | None],
        spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
    ) -> None:
        self._around = around
        self._plugin_of = plugin_of
        self._spawn = spawn
        self._slots = asyncio.Semaphore(around.limits.downloads)
        self._jobs: dict[tuple[str, int], asyncio.Task[None]] = {}

    def fetch(self, record_id: str, number: int) -> asyncio.Task[None]:
        """Fetch the files of a transcript message, each once however often it is asked for.

        Returns:
            A task that ends, without an error, when the record says what became of each file.
        """
        key = (record_id, number)
        job = self._jobs.get(key)
        if job is None:
            job = self._jobs[key] = self._spawn(self._fetch(record_id, number))
            job.add_done_callback(lambda _: self._jobs.pop(key, None))
        return job

    async def _fetch(self, record_id: str, number: int) -> None:
        try:
            ledger = await self._around.ledgers.look(record_id)
            message = ledger.messages.get(number) if isinstance(ledger, Record) else None
            if message is None:
                return
            assert isinstance(ledger, Record)
            channel = (message.source.chat if message.source else ledger.contact.chat).channel
            for index, file in enumerate(message.files):
                if _is_missing(file):
                    known = await self._hold(record_id, channel, file)
                    await self._around.ledgers.apply(record_id, partial(_write, number, index, file, known))
        except Exception as error:  # noqa: BLE001  # what waits for the file goes on without it
            logger.error("%s.%s: files were not fetched: %s", record_id, number, describe(error))  # noqa: TRY400

    async def _hold(self, record_id: str, channel: str, file: File) -> File:
        """The file as it is after all attempts."""
        around = self._around
        backoff, attempts = around.limits.backoff, 0
        while True:
            try:
                async with self._slots:
                    media = await self._download(record_id, channel, file)
            except (ConnectionFailed, RateLimited, OSError) as error:
                attempts += 1
                if backoff.is_over(attempts):
                    return replace_fields(file, problem=self._reason(error))
                pause = backoff.pause(attempts, around.chance)
                if isinstance(error, RateLimited):
                    pause = max(pause, error.retry_after)
                await around.sleep(pause.total_seconds())
            except PluginError as error:
                return replace_fields(file, problem=self._reason(error))
            except (Exception, SystemExit) as error:  # noqa: BLE001  # a plugin's fault costs its file only
                logger.error("%s: a download failed: %s", channel, describe(error))  # noqa: TRY400  # no text
                return replace_fields(file, problem=around.say(Words.NOT_FETCHED))
            else:
                return replace_fields(file, media=media)

    async def _download(self, record_id: str, channel: str, file: File) -> MediaFile:
        around = self._around
        plugin = self._plugin_of(channel)
        if plugin is None:
            raise ConnectionFailed(around.say(Words.NO_CHANNEL))
        attachment = attachment_of(file)
        began_at, outcome = around.clock(), "done"
        try:
            async with asyncio.timeout(around.limits.download_time.total_seconds()):
                media = await around.media.save(
                    record_id,
                    plugin.download(attachment),
                    kind=attachment.kind,
                    file_name=file.file_name,
                    mime_type=file.mime_type,
                    limit_bytes=around.media_limit(),
                )
        except ConnectionFailed as error:
            outcome = outcome_of(error)
            around.on_connection_failed(channel, error, plugin)
            raise
        except Exception as error:
            outcome = outcome_of(error)
            raise
        finally:
            around.observe(channel, _ACTION, outcome, (around.clock() - began_at).total_seconds())
        return replace(media, source=attachment)

    def _reason(self, error: Exception) -> str:
        """Why a file cannot be had; only a plugin's own words are for people."""
        words = str(error) if isinstance(error, PluginError) else ""
        return words or self._around.say(Words.NOT_FETCHED)


def kind_of(name: str) -> MediaKind:
    """What a record calls a file's kind; a document, where it is one that this version does not know."""
    return MediaKind(name) if name in set(MediaKind) else MediaKind.DOCUMENT


def attachment_of(file: File) -> Attachment:
    """A file as it is on its platform."""
    return Attachment(
        kind=kind_of(file.kind),
        remote_id=file.remote_id,
        file_name=file.file_name,
        mime_type=file.mime_type,
        size_bytes=file.size_bytes,
    )


def _write(number: int, index: int, before: File, after: File, ledger: Ledger, _now: datetime) -> None:
    """Put what is known of a file in its place, unless the message was changed or erased meanwhile."""
    message: Message | None = ledger.messages.get(number) if isinstance(ledger, Record) else None
    if message is None or index >= len(message.files) or message.files[index] != before:
        return
    assert isinstance(ledger, Record)
    files = (*message.files[:index], after, *message.files[index + 1 :])
    ledger.change_message(number, files=files)
