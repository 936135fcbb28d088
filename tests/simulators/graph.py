"""The Graph API for one page or account: real HTTP, strict, and with a clock that can be moved."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

import msgspec
from aiohttp import BodyPartReader, ClientError, web

from tests.simulators.graph_account import VERSION
from tests.simulators.graph_rules import Answer, Refusal, check_body, check_file, check_window
from tests.simulators.graph_troubles import AFTERWARDS, Trouble, refusal_of
from tests.simulators.graph_webhooks import GraphWebhooks
from tests.simulators.graph_world import Post
from tests.simulators.server import UPLOAD_LIMIT_BYTES


class EchoTime(StrEnum):
    """When the account's own message is reported back: before the answer to the call, after it, or never."""

    BEFORE = "before"
    AFTER = "after"
    NEVER = "never"


@dataclass(slots=True, kw_only=True)
class GraphPlatform(GraphWebhooks):
    """The platform's server; troubles meet calls of `/me` and `/me/messages` alone.

    Attributes:
        echoes: when echoes go there.
        usage_percent: what good answers say of the allowance.
        regain_minutes: what a rate limit names.
        served_version: the version that answers say they are of.
        calls: every call that was authorised: method, path, parameters and body.
    """

    echoes: EchoTime = EchoTime.BEFORE
    usage_percent: int = 1
    regain_minutes: int = 2
    served_version: str = VERSION
    calls: list[tuple[str, str, Answer]] = field(default_factory=list)
    _pushes: set[asyncio.Task[int]] = field(default_factory=set)

    async def _start(self) -> None:
        app = web.Application(client_max_size=UPLOAD_LIMIT_BYTES)
        app.router.add_get("/cdn/{name}", self._file)
        app.router.add_route("*", "/{version}/{path:.*}", self._call)
        self.url = await self._serve(app)
        self._ending.push_async_callback(self._end_pushes)

    async def _end_pushes(self) -> None:
        await asyncio.gather(*self._pushes, return_exceptions=True)

    def shown(self, person_id: str) -> list[Post]:
        """The account's messages to a person, oldest first."""
        return [post for post in self.world.posts if post.person_id == person_id]

    def called(self, path: str) -> list[Answer]:
        """The parameters and bodies of the calls of a path."""
        return [body for _, at, body in self.calls if at == path]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await _body(request)
            self._authorise(request, request.match_info["path"])
            answer = await self._carry_out(request, body)
        except Refusal as refusal:
            return self._json(refusal.answer, status=refusal.status, headers=refusal.headers)
        finally:
            await self._tell()
        return answer if isinstance(answer, web.StreamResponse) else self._json(answer)

    async def _carry_out(self, request: web.Request, body: Answer) -> Answer | web.StreamResponse:
        path, method = request.match_info["path"], request.method
        if request.match_info["version"] != VERSION:
            raise Refusal(400, 2500, "Unknown path components")
        self.calls.append((method, path, body))
        match method, path.split("/"):
            case "GET", ["me"] if not self.account.is_me_open:
                raise web.HTTPNotFound
            case "GET", [node] if node == self.account.account_id:
                return {"id": node}
            case "GET", ["me"]:
                return await self._troubled(request, "", lambda: self.account.me(body))
            case "POST", ["me", "messages"]:
                return await self._message(request, body)
            case "POST", ["me", "message_attachments"]:
                return self._upload(body)
            case "GET", ["me", "conversations"]:
                return self.account.conversations(self.world, body)
            case "GET", ["app"] if self.account.is_app_open:
                return {"id": self.account.app_id}
            case "GET", ["debug_token"]:
                return self.account.token_facts(self.now())
            case _, [owner, "subscribed_apps"] if owner in {"me", self.account.account_id}:
                return self.account.subscriptions(method, body)
            case "GET", [node] if node in self.world.people:
                return self.account.profile(self.world.people[node], body)
            case "GET", [node]:
                return self._one_message(node)
        raise Refusal(400, 100, "(#100) Unsupported request")

    async def _troubled(
        self, request: web.Request, person_id: str, act: Callable[[], Answer]
    ) -> Answer | web.StreamResponse:
        """Carry a call out, with the trouble whose turn it is."""
        trouble = self._next.popleft() if self._next else None
        await self._released(person_id)
        if trouble is Trouble.HANG:
            await self._over.wait()
        if trouble is not None and trouble not in AFTERWARDS and trouble is not Trouble.VANISH:
            raise self._trouble(trouble)
        answer = {} if trouble is Trouble.VANISH else act()
        if "message_id" in answer:
            await self._echo(answer["message_id"])
        if trouble in {Trouble.DROP, Trouble.VANISH}:
            assert request.transport is not None
            request.transport.abort()
        if trouble is Trouble.GARBAGE:
            return web.Response(text="<html>Welcome to the proxy</html>", content_type="text/html")
        return answer

    async def _message(self, request: web.Request, body: Answer) -> Answer | web.StreamResponse:
        content = {name: value for name, value in body.items() if name not in _AUTHORISING}
        person_id = check_body(self.account.rules, content)
        if "message" in content:
            person = self.world.people.get(person_id)
            if person is None:
                raise Refusal(400, 100, "(#100) No matching user found", subcode=2018001)
            check_window(
                self.account.rules,
                content,
                last_at=person.last_at,
                now=self.now(),
                is_approved=self.account.is_human_agent,
            )
        self.world.check_quote(content)
        file = await self._fetched(content)
        return await self._troubled(
            request, person_id, lambda: self.world.carry_out(content, file=file, now=self.now())
        )

    async def _fetched(self, body: Answer) -> bytes | None:
        attachment = body.get("message", {}).get("attachment")
        if attachment is None:
            return None
        payload = attachment["payload"]
        if "attachment_id" in payload:
            kind, content = self.world.uploads.get(payload["attachment_id"], ("", b""))
            if kind != attachment["type"]:
                raise Refusal(400, 100, "(#100) Invalid attachment id", subcode=2018074)
            return content
        if self._next and self._next[0] is Trouble.UNREACHABLE_LINK:
            raise self._trouble(self._next.popleft())
        assert self._http is not None
        try:
            async with self._http.get(payload["url"]) as response:
                content = await response.read()
                if response.status != HTTPStatus.OK:
                    raise self._trouble(Trouble.UNREACHABLE_LINK)
                if response.content_type != "application/octet-stream":
                    check_file(self.account.rules, attachment["type"], content, response.content_type)
        except (ClientError, TimeoutError) as error:
            raise self._trouble(Trouble.UNREACHABLE_LINK) from error
        return content

    async def _echo(self, mid: str) -> None:
        if self.echoes is EchoTime.NEVER or not self.webhook_url:
            return
        event = self.echo_of(next(post for post in self.world.posts if post.mid == mid))
        push = asyncio.create_task(self.push(event))
        self._pushes.add(push)
        if self.echoes is EchoTime.BEFORE:
            await asyncio.wait({push})

    async def echoed(self) -> None:
        """Wait until every echo so far was delivered."""
        await asyncio.gather(*self._pushes)

    def _upload(self, body: Answer) -> Answer:
        if set(body) - _AUTHORISING != {"message", "platform", "filedata"}:
            raise Refusal(400, 100, "(#100) an upload has message, platform and filedata")
        if body["platform"] != self.account.rules.platform:
            raise Refusal(400, 100, "(#100) wrong platform")
        attachment = msgspec.json.decode(body["message"])["attachment"]
        check_file(self.account.rules, attachment["type"], body["filedata"], body["filedata_type"])
        return {"attachment_id": self.world.keep_upload(attachment["type"], body["filedata"])}

    def _one_message(self, mid: str) -> Answer:
        files = self.world.attachments_of(mid)
        if files is None:
            raise Refusal(400, 100, f"(#100) Object with ID {mid} does not exist", subcode=33)
        return {"id": mid, "attachments": {"data": files}}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        content = self.world.files.get(name)
        if content is None or name in self.world.ended_links:
            return web.Response(status=403, text="URL signature expired")
        return web.Response(body=content)

    def _authorise(self, request: web.Request, path: str) -> None:
        token = request.query.get("access_token", "")
        if path == "debug_token":
            if token != f"{self.account.app_id}|{self.account.app_secret}":
                raise Refusal(400, 190, "Invalid OAuth access token signature.")
            return
        if token != self.account.token:
            raise Refusal(400, 190, f"Malformed access token {token}")
        proof = hmac.new(self.account.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if request.query.get("appsecret_proof") != proof:
            raise Refusal(400, 100, "Invalid appsecret_proof provided in the API argument")

    def _trouble(self, trouble: Trouble) -> Refusal:
        account = self.account
        return refusal_of(trouble, account.rules, token=account.token, regain_minutes=self.regain_minutes)

    def _json(
        self, answer: Answer, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        share = self.usage_percent
        usage = msgspec.json.encode({"call_count": share, "total_time": 1, "total_cputime": 1}).decode()
        told = {"X-App-Usage": usage, "facebook-api-version": self.served_version, **(headers or {})}
        return web.Response(
            body=msgspec.json.encode(answer), status=status, headers=told, content_type="application/json"
        )


_AUTHORISING = frozenset({"access_token", "appsecret_proof", "input_token", "filedata_type"})


async def _body(request: web.Request) -> Answer:
    """The parameters and the body of a call, as one."""
    body: Answer = dict(request.query)
    if request.content_type == "application/json":
        try:
            sent = msgspec.json.decode(await request.read())
        except msgspec.DecodeError as error:
            raise Refusal(400, 100, "(#100) the body is no JSON") from error
        body.update(sent)
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            name, content = part.name or "", await part.read()
            if name == "filedata":
                body |= {"filedata": bytes(content), "filedata_type": part.headers.get("Content-Type", "")}
            else:
                body[name] = content.decode()
    return body
