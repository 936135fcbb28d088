"""The process from start to stop: its ready line, exit codes, signals, and the way it listens."""

import json
import re
import signal
import socket

import pytest
from aiohttp import ClientSession

from bot import __version__
from tests.journeys.house import CONFIG, DESK_KEY
from tests.journeys.process import Place, running, started

PROBLEMS = (
    'config.toml:3: langage: there is no key "langage" here; write "language"',
    "config.toml:7: server.port:",
    "config.toml:11: routing.welcome: there is no placeholder {nam}; write {name}",
    'config.toml:12: routing.settle: this is no duration; write "90s"',
)
BAD_CONFIG = """
business = "Maison Dupont"
langage = "fr"
[channels.webchat]
enabled = true
[server]
port = "eighty"
[inbox]
chat = "webchat:inbox"
[routing]
welcome = "Bonjour {nam}"
settle = "soon"
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_start_and_stop(place: Place, number: signal.Signals) -> None:
    """It says once that it is ready, serves, and leaves with 0 when it is told to."""
    async with running(place) as process, ClientSession() as http:
        async with http.get(f"{process.url}/health") as answer:
            assert answer.status == 200
            condition = await answer.json()
        assert condition["status"] == "ok"
        assert condition["channels"] == {"webchat": {"state": "connected", "error": ""}}
        assert condition["outbox"] == {"pending": 0, "held": 0, "uncertain": 0}
        assert await process.stop(number) == 0
        (ready,) = process.out
        assert re.fullmatch(r"ready in \d+\.\d\d s", ready)
        assert not [line for line in process.log if " INFO " not in line]


async def test_stop_before_ready(place: Place) -> None:
    """A process that is stopped as soon as it listens leaves with 0 as well."""
    async with started(place) as process:
        await process.logged("listening on")
        assert await process.stop() == 0


async def test_bad_config_starts_nothing(place: Place) -> None:
    """A config.toml with mistakes is refused with all of them, and nothing is opened or made."""
    place.write(BAD_CONFIG)
    ended = await place.command()
    assert ended.code == 2
    for problem in PROBLEMS:
        assert problem in ended.err
    assert "listening" not in ended.err
    assert ended.out == ""
    assert not place.data.exists()


async def test_port_in_use(place: Place) -> None:
    """A port that another program has ends the start with 1, and with words that say what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        place.write(CONFIG.replace("port = 0", f"port = {port}"))
        ended = await place.command()
    assert ended.code == 1
    assert (
        f"port {port} on 127.0.0.1 is used by another program; stop that one, or choose another server.port"
        in ended.err
    )
    assert "Traceback" not in ended.err
    assert ended.out == ""


async def test_data_folder_in_use(place: Place) -> None:
    """A second process on the same data folder ends with 1 and says so; the first one goes on."""
    async with running(place) as process, ClientSession() as http:
        ended = await place.command()
        assert ended.code == 1
        assert f"{place.data} is in use by another process; stop that one first" in ended.err
        assert "Traceback" not in ended.err
        async with http.get(f"{process.url}/health") as answer:
            assert answer.status == 200


async def test_json_log(place: Place) -> None:
    """With --log-format json each line of the log is one object with time, level, logger and message."""
    async with running(place, "--log-format", "json") as process:
        assert await process.stop() == 0
        for line in process.log:
            assert set(json.loads(line)) == {"time", "level", "logger", "message"}
        assert len(process.log) >= 1


async def test_made_desk_key_is_told(place: Place) -> None:
    """Without a configured key, the log says where the team rooms are and how to come in; again later."""
    place.write(CONFIG.replace(f'desk_key = "{DESK_KEY}"', ""))
    doors = []
    for _ in range(2):
        async with running(place) as process, ClientSession() as http:
            line = await process.logged("/desk/#key=")
            url, _, key = line.rpartition(" ")[2].partition("#key=")
            doors.append(key)
            async with http.post(
                f"{url}enter", json={"key": key, "name": "Ann"}, headers={"Origin": process.url}
            ) as entered:
                assert entered.status == 200
    assert len(doors[0]) >= 20
    assert doors[0] == doors[1]


async def test_version_and_help(place: Place) -> None:
    """--version and --help answer and leave with 0; what does not exist is refused with 2."""
    version = await place.command("--version")
    assert (version.code, version.out.strip()) == (0, f"Guichet {__version__}")
    usage = await place.command("--help")
    assert usage.code == 0
    for command in ("check", "try", "export", "forget"):
        assert command in usage.out
    for wrong in ("chekc", "--colour"):
        refused = await place.command(wrong)
        assert refused.code == 2
        assert wrong in refused.err
        assert "Traceback" not in refused.err
    assert not place.data.exists()
