"""Finding threads by their titles, codes and words; how much is read for one search is bounded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from plugins.webchat.channel import Channel
from plugins.webchat.posts import Post
from plugins.webchat.text import folded
from plugins.webchat.threads import Thread

_MOST_HITS = 40
# A search reads at most so many pages of the logs, those of the threads that were active last first.
_MOST_PAGES = 300
_AROUND = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A thread that a search found.

    Attributes:
        room: the room's id.
        thread: the thread.
        excerpt: the words around what was found, or the thread's last words when its title was.
        post_id: the post that it stands in; empty: the title.
    """

    room: str
    thread: Thread
    excerpt: str
    post_id: str = ""

    def view(self) -> dict[str, Any]:
        """The hit as pages see it."""
        return {
            "room": self.room,
            "thread": self.thread.view(),
            "excerpt": self.excerpt,
            "post": self.post_id,
        }


class Search:
    """The search over all rooms.

    Args:
        channel: where to look.
        most_pages: how many pages of logs one search reads.
    """

    def __init__(self, channel: Channel, *, most_pages: int = _MOST_PAGES) -> None:
        self._channel = channel
        self._most_pages = most_pages

    async def frame(self, query: str) -> dict[str, Any]:
        """What a search found, as a frame for the page; `more`: not everything was looked at or shown."""
        hits: list[Hit] = []
        is_cut = False
        words = folded(query).split()
        if words:
            hits, is_cut = await self._find(words)
        return {"type": "found", "query": query, "hits": [hit.view() for hit in hits], "more": is_cut}

    async def _find(self, words: list[str]) -> tuple[list[Hit], bool]:
        listed = await self._threads()
        hits = [
            Hit(room=room, thread=thread, excerpt=thread.excerpt)
            for room, thread in listed
            if _has(thread.title, words)
        ]
        titled = {(hit.room, hit.thread.thread_id) for hit in hits}
        pages = 0
        for room, thread in listed:
            if len(hits) > _MOST_HITS or pages >= self._most_pages:
                return hits[:_MOST_HITS], True
            if (room, thread.thread_id) in titled:
                continue
            async for posts in self._back(room, thread.thread_id):
                pages += 1
                post = await asyncio.to_thread(_last_with, posts, words)
                if post is not None:
                    excerpt = _around(post.text, words)
                    hits.append(Hit(room=room, thread=thread, excerpt=excerpt, post_id=post.post_id))
                if post is not None or pages >= self._most_pages:
                    break
        return hits[:_MOST_HITS], len(hits) > _MOST_HITS

    async def _threads(self) -> list[tuple[str, Thread]]:
        """Every listed thread with its room, those that were active last first."""
        listed = [
            (team.chat.chat_id, thread)
            for team in self._channel.host.team_chats()
            for thread in await self._channel.rooms.board(team.chat.chat_id)
        ]
        return sorted(listed, key=lambda each: each[1].active_ms, reverse=True)

    async def _back(self, room: str, thread_id: str) -> AsyncIterator[tuple[Post, ...]]:
        """The pages of a thread's log, the latest first; each is read in a turn of its own."""
        chat, before = self._channel.chat(room, thread_id), 0
        while True:
            async with self._channel.history.turn(chat) as log:
                piece = await (log.older(before, count=1) if before else log.latest(count=1))
            yield piece.posts
            before = piece.before
            if not before:
                return


def _has(text: str, words: list[str]) -> bool:
    found = folded(text)
    return all(word in found for word in words)


def _last_with(posts: tuple[Post, ...], words: list[str]) -> Post | None:
    return next((post for post in reversed(posts) if _has(post.text, words)), None)


def _around(text: str, words: list[str]) -> str:
    """The words around the first one that was looked for, on one line."""
    line = " ".join(text.split())
    # Folding moves few characters, so the place is nearly right, and right where it matters.
    start = max(0, folded(line).find(words[0]) - _AROUND // 2)
    end = start + 2 * _AROUND
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
