"""One look at a config.toml, as `check`, a start and a reload take it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.checking.answers import lint_answers
from bot.checking.examples import run_examples
from bot.checking.menus import lint_menus
from bot.config import LoadedConfig, Problem, Settings, SettingsByPlugin, Severity, load
from bot.matching import Matcher, options


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was found.

    Attributes:
        path: the file, as it was named.
        config: what it says, with every problem.
    """

    path: Path
    config: LoadedConfig

    @property
    def settings(self) -> Settings | None:
        """The settings to run with, or None when there is an error."""
        return self.config.settings

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem, in the order of the file."""
        return self.config.problems

    def for_start(self) -> "CheckReport":
        """The same as a real start sees it: there, an enabled channel needs its variables."""
        return replace(self, config=self.config.for_start())

    def render(self) -> str:
        """Write it for people: a line for each problem, and one for the whole."""
        lines = [problem.render(str(self.path)) for problem in self.problems]
        return "\n".join([*lines, f"{self.path}: {self._summary()}"])

    def _summary(self) -> str:
        counts = Counter(problem.severity for problem in self.problems)
        found = [_counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
        if self.settings is None:
            return f"not usable: {', '.join(found)}"
        routing = self.settings.routing
        answers, examples = (
            _counted(len(routing.answers), "answer"),
            _counted(len(routing.examples), "example"),
        )
        summary = ", ".join(["good", answers, f"{examples} as expected", *found])
        if self.for_start().settings is None:
            return f"{summary}; a start needs the variables that are missing"
        return summary


def check(path: Path, *, settings_by_plugin: SettingsByPlugin, environ: Mapping[str, str]) -> CheckReport:
    """Read a file, judge it, and run its routing examples; bad input is reported, never raised.

    It reads the file, so it is called in a thread where there is an event loop.

    Args:
        path: the file.
        settings_by_plugin: the plugins that exist, each with the model of its table.
        environ: where `${NAME}` is looked up; `bot.config.read_environment` makes it.
    """
    config = load(path, settings_by_plugin=settings_by_plugin, environ=environ)
    if config.draft is None:
        return CheckReport(path=path, config=config)
    routing, language = config.draft.routing, config.draft.language
    choices = options(routing.answers, language, language)
    matcher = Matcher(choices, fuzzy=routing.fuzzy, language=language)
    report = config.report()
    lint_answers(routing, choices, report)
    lint_menus(routing, matcher, report)
    run_examples(config.draft, matcher, report)
    return CheckReport(path=path, config=config.with_problems(report.problems()))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
