"""The problems of one file as they are found: each with its line, once, and without a secret."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.config.positions import Positions
from bot.config.problems import KeyPath, Problem, Severity, key_name, on_one_line

_GENERIC = "the value is not accepted"
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that no report may show; `shown` stands for it: the variable's name, or stars."""

    value: str = field(repr=False)
    shown: str

    def hide(self, text: str) -> str:
        """Take the value, and a cut-off beginning of it, out of a text."""
        if len(self.value) < _SHORTEST_SECRET:
            # Too short to be told from ordinary letters, and too short to be a secret.
            return text
        text = text.replace(self.value, self.shown)
        beginning = self.value[: min(max(8, len(self.value) // 2), 40)]
        return _GENERIC if beginning in text else text


@dataclass(slots=True, kw_only=True)
class Report:
    """What was found so far.

    Attributes:
        positions: the lines of the file.
        broken: the keys whose values could not be used. What is said of them and of what hangs on them
            would only repeat the first complaint.
    """

    positions: Positions
    broken: set[KeyPath] = field(default_factory=set)
    secrets: list[Secret] = field(default_factory=list)
    _found: list[Problem] = field(default_factory=list)

    def add(
        self,
        path: KeyPath,
        what: str,
        instead: str,
        *,
        severity: Severity = Severity.ERROR,
        at_start: Severity | None = None,
        channel: str = "",
        line: int = 0,
    ) -> None:
        """Note a problem of the key at `path`, on its own line unless another is given."""
        self._found.append(
            Problem(
                line=line or self.positions.line(path),
                key=key_name(path),
                what=what,
                instead=instead,
                severity=severity,
                at_start=at_start,
                channel=channel,
            )
        )

    def lint(
        self, path: KeyPath, what: str, instead: str, *, severity: Severity = Severity.ERROR, line: int = 0
    ) -> None:
        """Note a problem of a value that could be read, unless something at, above or below it could not."""
        if not self.is_broken(path):
            self.add(path, what, instead, severity=severity, line=line)

    def is_broken(self, path: KeyPath) -> bool:
        """Whether something at, above or below `path` could not be read."""
        return any(path[: len(broken)] == broken[: len(path)] for broken in self.broken)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that was found, each once, without secrets, in the order of the file."""
        clean = (
            replace(problem, what=self._clean(problem.what), instead=self._clean(problem.instead))
            for problem in self._found
        )
        return in_order(clean)

    def _clean(self, text: str) -> str:
        # The longest first: one secret may be part of another.
        for secret in sorted(self.secrets, key=lambda secret: -len(secret.value)):
            text = secret.hide(text)
        return on_one_line(text)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by line, errors first, each once."""
    ranks: Sequence[Severity] = tuple(Severity)
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, ranks.index(problem.severity)))
    )
