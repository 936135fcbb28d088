"""What a plugin raises; no SDK's error leaves it.

PluginError
├── ConfigurationError      wrong credentials or rights: never retried, the channel stops
├── ConnectionFailed        the platform cannot be reached: retried with growing pauses
├── Unsupported             this platform cannot do that
└── DeliveryFailed          this message
    ├── RateLimited         not now: again after `retry_after`, which uses up no attempt
    ├── DeliveryRejected    never: the reason is shown to the team
    ├── DeliveryUncertain   it may have arrived: never repeated blindly
    ├── WindowShut              the chat's reply window is shut: kept until the contact writes again
    ├── ChatGone            the chat is gone, or closed to us
    ├── ThreadGone          the thread is gone: made again, and the same message sent again
    └── ChatMoved           the chat has a new id: the same message goes there
"""

from datetime import timedelta


class PluginError(Exception):
    """Something a plugin could not do; the text is for people, and holds no secret."""


class ConfigurationError(PluginError):
    """The settings are wrong; trying again changes nothing."""


class ConnectionFailed(PluginError):
    """The platform could not be reached, and nothing was sent; trying again is safe."""


class Unsupported(PluginError):
    """The platform has no such ability."""


class DeliveryFailed(PluginError):
    """A message could not be delivered."""


class RateLimited(DeliveryFailed):
    """The platform asks for a pause.

    Attributes:
        retry_after: how long.
        whole_channel: the pause is for every chat of the account, not only for this one.
    """

    def __init__(self, reason: str, *, retry_after: timedelta, whole_channel: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.whole_channel = whole_channel


class DeliveryRejected(DeliveryFailed):
    """The platform refuses this message for good."""


class DeliveryUncertain(DeliveryFailed):
    """The connection broke after the message had left; it may have arrived."""


class WindowShut(DeliveryFailed):
    """The platform does not let us write to this chat until its person writes again."""


class ChatGone(DeliveryFailed):
    """The chat does not exist any more, or does not take messages from us: blocked, kicked, deleted."""


class ThreadGone(DeliveryFailed):
    """The thread does not exist any more, or cannot be written to."""


class ChatMoved(DeliveryFailed):
    """The chat has a new id.

    Attributes:
        new_chat_id: the platform's new id, as text.
    """

    def __init__(self, reason: str, *, new_chat_id: str) -> None:
        super().__init__(reason)
        self.new_chat_id = new_chat_id
