"""The loopback platform's chats, with one more method: to erase what was said in one of them."""

from dataclasses import dataclass

from tests.simulators.loopback_rooms import Answer, Rooms


@dataclass(slots=True, kw_only=True)
class ErasableRooms(Rooms):
    """Chats that can be erased: `erase` takes a `chat`, and answers with the number of posts it had."""

    def carry_out(self, method: str, body: Answer) -> Answer:
        """Do what a call asks; raises as `Rooms.carry_out`."""
        if method != "erase":
            return Rooms.carry_out(self, method, body)
        erased = [post.post_id for post in self.shown(body["chat"])]
        for post_id in erased:
            del self.posts[post_id]
        return {"erased": len(erased)}
