"""The log of every chat, room and thread, in pages of bounded size, so that a post costs the same for ever.

Everything that reads or changes a log does so in its turn: `async with history.turn(chat) as log`.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.api import ChatRef, Documents
from plugins.webchat.posts import Post, Side, from_json, to_json

_PAGE_POSTS = 50
# A page is written whole with each post, so long texts fill it sooner.
_PAGE_CHARACTERS = 40_000
_CACHED_PAGES = 256
# A repeat comes soon or not at all: a lane repeats only its last message, a page only what was not
# acknowledged. So a repeat is looked for in the last pages, and never in years of posts.
_PAGES_OF_REPEATS = 4

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Posts that follow each other.

    Attributes:
        posts: oldest first.
        before: what `Log.older` wants for the posts before these; 0 when there are none.
    """

    posts: tuple[Post, ...]
    before: int


class Log:
    """The posts of one chat, room or thread, for as long as its turn lasts."""

    def __init__(self, pages: "_Pages", name: str, last_page: int, is_begun: bool) -> None:
        self._pages = pages
        self._name = name
        self._last_page = last_page
        self._is_begun = is_begun

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever posted, or everything was erased."""
        return not self._is_begun

    async def new_id(self, key: str) -> str:
        """The id that the next post will have, when `append` follows in the same turn."""
        posts = await self._pages.read(self._name, self._last_page)
        is_full = len(posts) >= _PAGE_POSTS or sum(len(post.text) for post in posts) >= _PAGE_CHARACTERS
        return f"{self._last_page + 1 if is_full else self._last_page}.{key}"

    async def append(self, post: Post) -> None:
        """Add a post whose id `new_id` made; it is on disk when this returns.

        Raises:
            OSError: the disk refuses; the log is as before.
        """
        page = _page_of(post.post_id)
        if page > self._last_page or not self._is_begun:
            # The head goes first: a page that it does not name would be lost, one that is missing is empty.
            await self._pages.write_head(self._name, page)
            self._last_page, self._is_begun = page, True
        await self._pages.write(self._name, page, (*await self._pages.read(self._name, page), post))

    async def insert(self, post: Post, *, since_ms: int) -> Post:
        """Add a post late, before what the bot posted after `since_ms`: it may be answered there already.

        Returns:
            The post as it stands in the log.

        Raises:
            OSError: the disk refuses; the log is as before.
        """
        for page in range(max(0, self._last_page - _PAGES_OF_REPEATS), self._last_page + 1):
            posts = await self._pages.read(self._name, page)
            for number, other in enumerate(posts):
                if other.side is Side.BOT and other.at_ms > since_ms:
                    late = replace(post, post_id=f"{page}.{post.key}", at_ms=min(post.at_ms, other.at_ms))
                    await self._pages.write(self._name, page, (*posts[:number], late, *posts[number:]))
                    return late
        await self.append(post)
        return post

    async def find(self, post_id: str) -> Post | None:
        """The post with this id, or None.

        A post whose first attempt the disk refused may have come to stand near the page that its id names:
        on a later one when others came first, on the one before when that had room again.
        """
        page, key = _page_of(post_id), post_id.partition(".")[2]
        if page < 0 or not key:
            return None
        for candidate in (*range(page, page + _PAGES_OF_REPEATS + 1), page - 1):
            if 0 <= candidate <= self._last_page:
                for post in await self._pages.read(self._name, candidate):
                    if post.key == key:
                        return post
        return None

    async def find_all(self, post_ids: Iterable[str]) -> tuple[Post, ...]:
        """Of the posts that these ids name those that there are, in that order; each page is read once.

        The ids are as they stand in the log: one of an attempt that the disk refused finds nothing.
        """
        wanted = dict.fromkeys(post_ids)
        found: dict[str, Post] = {}
        for page in dict.fromkeys(map(_page_of, wanted)):
            if 0 <= page <= self._last_page:
                posts = await self._pages.read(self._name, page)
                found |= {post.post_id: post for post in posts if post.post_id in wanted}
        return tuple(found[post_id] for post_id in wanted if post_id in found)

    async def find_repeat(self, key: str) -> Post | None:
        """The post that was made of `key`, if it is among the latest."""
        for page in range(self._last_page, max(-1, self._last_page - _PAGES_OF_REPEATS), -1):
            for post in await self._pages.read(self._name, page):
                if post.key == key:
                    return post
        return None

    async def replace(self, changed: Iterable[Post]) -> None:
        """Put posts in the place of those with the same ids, with one write a page.

        Raises:
            OSError: the disk refuses.
        """
        by_page: dict[int, dict[str, Post]] = {}
        for post in changed:
            by_page.setdefault(_page_of(post.post_id), {})[post.post_id] = post
        for page, new in by_page.items():
            old = await self._pages.read(self._name, page)
            await self._pages.write(self._name, page, tuple(new.get(post.post_id, post) for post in old))

    async def latest(self, count: int = 100) -> Slice:
        """The last `count` posts, and what else stands on their pages."""
        return await self._back_from(self._last_page, count)

    async def older(self, before: int, count: int = _PAGE_POSTS) -> Slice:
        """The posts before those of a `Slice` whose `before` is given."""
        return await self._back_from(min(before - 1, self._last_page), count)

    async def pages(self) -> AsyncIterator[tuple[Post, ...]]:
        """Every post, page by page, oldest first."""
        for page in range(self._last_page + 1):
            yield await self._pages.read(self._name, page)

    async def erase(self) -> None:
        """Remove every post."""
        await self._pages.erase(self._name, self._last_page)
        self._last_page, self._is_begun = 0, False

    async def _back_from(self, page: int, count: int) -> Slice:
        posts: tuple[Post, ...] = ()
        first = page + 1
        while first > 0 and len(posts) < count:
            first -= 1
            posts = await self._pages.read(self._name, first) + posts
        return Slice(posts=posts, before=max(first, 0))


class History:
    """The logs of the whole channel.

    Args:
        documents: where they are kept.
        cached_pages: how many pages are held in memory.
    """

    def __init__(self, documents: Documents, *, cached_pages: int = _CACHED_PAGES) -> None:
        self._pages = _Pages(documents, cached_pages)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, chat: ChatRef) -> AsyncIterator[Log]:
        """Wait for the log of `chat`, and hold it until the block ends.

        Whatever is posted inside the block stands in the order of the turns, also when something is
        awaited in between.
        """
        # A chat's id may hold anything, a document's name may not.
        name = "log-" + hashlib.sha256(f"{chat.chat_id}\0{chat.thread_id or ''}".encode()).hexdigest()[:24]
        lock = self._locks.setdefault(name, asyncio.Lock())
        async with lock:
            last_page = await self._pages.read_head(name)
            yield Log(self._pages, name, last_page or 0, last_page is not None)


class _Pages:
    """Pages and heads by name: a bounded memory in front of the documents."""

    def __init__(self, documents: Documents, capacity: int) -> None:
        self._documents = documents
        self._capacity = capacity
        self._posts: OrderedDict[str, tuple[Post, ...]] = OrderedDict()
        self._heads: OrderedDict[str, int] = OrderedDict()

    async def read_head(self, name: str) -> int | None:
        """The number of the log's last page; None for a log that was never begun."""
        if (known := self._heads.get(name)) is not None:
            return known
        kept = await self._documents.read(f"{name}-head")
        if kept is None:
            return None
        return _remember(self._heads, name, int(kept["last_page"]), self._capacity)

    async def write_head(self, name: str, last_page: int) -> None:
        await self._documents.write(f"{name}-head", {"last_page": last_page})
        _remember(self._heads, name, last_page, self._capacity)

    async def read(self, name: str, page: int) -> tuple[Post, ...]:
        document = f"{name}-{page:06d}"
        if (known := self._posts.get(document)) is not None:
            self._posts.move_to_end(document)
            return known
        kept = await self._documents.read(document)
        posts = () if kept is None else from_json(kept["posts"])
        return _remember(self._posts, document, posts, self._capacity)

    async def write(self, name: str, page: int, posts: tuple[Post, ...]) -> None:
        document = f"{name}-{page:06d}"
        await self._documents.write(document, {"posts": to_json(posts)})
        _remember(self._posts, document, posts, self._capacity)

    async def erase(self, name: str, last_page: int) -> None:
        # The head goes last: until then a second attempt still knows how many pages there are.
        for page in range(last_page + 1):
            document = f"{name}-{page:06d}"
            await self._documents.delete(document)
            self._posts.pop(document, None)
        await self._documents.delete(f"{name}-head")
        self._heads.pop(name, None)


def _remember(cache: OrderedDict[str, _Value], name: str, value: _Value, capacity: int) -> _Value:
    cache[name] = value
    cache.move_to_end(name)
    while len(cache) > capacity:
        cache.popitem(last=False)
    return value


def _page_of(post_id: str) -> int:
    page = post_id.partition(".")[0]
    return int(page) if page.isascii() and page.isdigit() and len(page) < 10 else -1
