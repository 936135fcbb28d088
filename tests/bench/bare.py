"""The floor: an aiohttp handler that verifies a signature, writes and syncs a file, answers, and posts.

It is told the root of the platform and a folder, and prints its own root.
"""

import asyncio
import hashlib
import hmac
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import uvloop
from aiohttp import ClientSession, web

from tests.bench.simulator import SECRET, TOKEN
from tests.simulators.loopback import SIGNATURE_HEADER


def keep(path: Path, body: bytes) -> None:
    """Write a file that outlives a power cut."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


async def serve(api_url: str, folder: Path) -> None:
    """Serve until killed."""
    posting: set[asyncio.Task[None]] = set()
    numbers, threads = count(), ThreadPoolExecutor(8)
    async with ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as http:

        async def post(text: str, number: int) -> None:
            message = {"id": f"b{number}", "chat": "support", "text": text}
            async with http.post(f"{api_url}/api/send", json=message) as answer:
                await answer.read()

        async def webhook(request: web.Request) -> web.Response:
            body = await request.read()
            expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(request.headers.get(SIGNATURE_HEADER, ""), expected):
                return web.Response(status=403)
            number = next(numbers)
            path = folder / f"{number}.json"
            await asyncio.get_running_loop().run_in_executor(threads, keep, path, body)
            task = asyncio.create_task(post(json.loads(body)["text"], number))
            posting.add(task)
            task.add_done_callback(posting.discard)
            return web.Response()

        app = web.Application()
        app.router.add_post("/webhooks/shop", webhook)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], Path(sys.argv[2])))
