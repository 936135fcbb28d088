"""How long the platform is waited for, and how fast it is asked for what it does not like to be asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Durations in seconds, and rates.

    Attributes:
        connect_s: the longest a connection may take.
        answer_s: the longest an answer may take, once connected.
        upload_s: the same for a call that carries a file.
        poll_s: how long the platform holds a request for updates when there are none.
        unconfirmed_s: the pause between two requests while an earlier update is still being stored.
        retry_s: the first pause after a failed request for updates; the next ones are longer.
        failures: after so many failed requests in a row the channel is connected anew.
        tries: after so many unexpected errors an update is set aside, so that it holds up no other.
        quiet_s: after so long without an update their numbers may start anew, as the platform says of a week.
        member_s: how long it is believed who is a member of a group.
        look_s: the pause between two looks at the team chats of config.toml.
        topics_burst: so many topics may be made at once; bots that made more have been banned.
        topics_every_s: then one more after each such pause.
    """

    connect_s: float = 10.0
    answer_s: float = 20.0
    upload_s: float = 100.0
    poll_s: int = 25
    unconfirmed_s: float = 0.25
    retry_s: float = 1.0
    failures: int = 4
    tries: int = 3
    quiet_s: float = 6 * 24 * 3600.0
    member_s: float = 300.0
    look_s: float = 5.0
    topics_burst: int = 8
    topics_every_s: float = 3.0
