"""The repository keeps its own rules: what is at its top, what it depends on, and what CI does."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

AGREED = {
    *("bot", "plugins", "config.toml", "data", "tests", "run.py", "README.md"),
    *("pyproject.toml", "LICENSE", "CHANGELOG.md", "constraints.txt"),
}
MADE_BY_TOOLS = re.compile(r"\..*|__pycache__|build|.*\.egg-info")
PLATFORMS = {
    *("telegram", "whatsapp", "twilio", "messenger", "instagram", "webchat"),
    *(path.name for path in (ROOT / "plugins").iterdir() if path.is_dir() and path.name[0] not in "_."),
}


def name_of(requirement: str) -> str:
    """The project's name, as it is compared: `python_dotenv>=1` is `python-dotenv`."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def requirements() -> list[str]:
    """Everything that the project and its development depend on."""
    project = tomllib.loads(PYPROJECT)["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


def imported(path: Path) -> list[str]:
    """The modules that a file imports, by their full names."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def test_top_level() -> None:
    """The top of the repository holds the agreed names and nothing else."""
    found = {path.name for path in ROOT.iterdir()}
    assert {name for name in found if not MADE_BY_TOOLS.fullmatch(name)} <= AGREED


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_has_its_reason(requirement: str) -> None:
    """Beside each dependency stands why it is one."""
    (line,) = [line for line in PYPROJECT.splitlines() if line.strip().startswith(f'"{requirement}"')]
    assert re.search(r"#\s*\S.{5,}", line), f"{requirement} has no reason beside it"


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_is_pinned(requirement: str) -> None:
    """Each dependency has its version in constraints.txt."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert name_of(requirement) in {name_of(pin) for pin in pins if not pin.startswith("#")}


def test_constraints_are_plain_versions() -> None:
    """constraints.txt holds exact versions, and says nothing of where they came from."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9._-]+==[a-z0-9.+!-]+( ; [a-z_]+ [!=<>]+ '[A-Za-z0-9.]+')?", pin), pin


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bot").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_platform_in_the_bot(path: Path) -> None:
    """No platform's name occurs in the bot."""
    lines = path.read_text(encoding="utf-8").lower().splitlines()
    found = [
        f"{number}: {name}" for number, line in enumerate(lines, 1) for name in PLATFORMS if name in line
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugins").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_plugins_import_the_contract_alone(path: Path) -> None:
    """A plugin imports `bot.api`, itself, and shared code; nothing else of the bot and no other plugin."""
    own = f"plugins.{path.relative_to(ROOT / 'plugins').parts[0]}"
    for name in imported(path):
        if name.partition(".")[0] == "bot":
            assert re.match(r"bot\.api(\.|$)", name), name
        if name.partition(".")[0] == "plugins":
            assert re.match(rf"({re.escape(own)}(\.|$)|plugins\._)", name), name


@pytest.mark.parametrize(
    ("folder", "extras"), [("bot", ()), ("plugins", ()), ("tests", ("dev",)), ("run.py", ())]
)
def test_every_import_is_declared(folder: str, extras: tuple[str, ...]) -> None:
    """What is imported is the standard library's, ours, or a declared dependency; never a guest of one."""
    project = tomllib.loads(PYPROJECT)["project"]
    declared = {name_of(requirement) for requirement in project["dependencies"]}
    declared |= {
        name_of(requirement) for extra in extras for requirement in project["optional-dependencies"][extra]
    }
    distributions = packages_distributions()
    known = {*sys.stdlib_module_names, "bot", "plugins", "tests", "run"}
    known |= {
        module for module, names in distributions.items() if declared & {name_of(name) for name in names}
    }
    top = ROOT / folder
    imports = {
        (name.partition(".")[0], str(path.relative_to(ROOT)))
        for path in ([top] if top.is_file() else top.rglob("*.py"))
        for name in imported(path)
    }
    assert sorted(use for use in imports if use[0] not in known) == []


def test_changelog_has_its_form() -> None:
    """The changelog begins with what is unreleased, and uses Keep a Changelog's headings."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    releases = [line for line in lines if line.startswith("## ")]
    assert releases[0] == "## [Unreleased]"
    assert all(re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", line) for line in releases[1:])
    kinds = {line for line in lines if line.startswith("### ")}
    allowed = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    assert kinds <= {f"### {kind}" for kind in allowed}


def test_licence() -> None:
    """The licence is the one that the project names."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith(f"{tomllib.loads(PYPROJECT)['project']['license']} License")
    assert "The Guichet authors" in text


def test_workflow_is_careful() -> None:
    """The workflow has no permissions but to read, and names every action by its hash."""
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert re.search(r"^permissions: \{\}$", text, re.MULTILINE)
    actions = re.findall(r"uses: (\S+)", text)
    assert actions
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in actions)


def test_workflow_runs_every_python() -> None:
    """CI runs on exactly the Python versions that the project names."""
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    matrix = re.search(r"python: (\[.*\])", text)
    assert matrix is not None
    first, end = re.findall(r"3\.(\d+)", tomllib.loads(PYPROJECT)["project"]["requires-python"])
    assert json.loads(matrix[1]) == [f"3.{minor}" for minor in range(int(first), int(end))]


@pytest.mark.parametrize("script", ["run", "test-line"])
def test_scripts_can_be_run(script: str) -> None:
    """What CI runs is executable, and bash understands it."""
    path = ROOT / ".ci" / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.parametrize(
    ("readme", "line"),
    [
        (
            "# T\n\n<!-- test line -->\n```sh\npython -m pytest && echo '$x'\n```\n",
            "python -m pytest && echo '$x'",
        ),
        ("```\nno\n```\n<!-- test line -->\n\n```\n\nyes\nno\n```\n", "yes"),
        ("```\nno\n```\n", None),
        ("<!-- test line -->\n```\n```\n```\nno\n```\n", None),
        ("<!-- test line -->\nno\n", None),
    ],
)
def test_test_line(readme: str, line: str | None, tmp_path: Path) -> None:
    """The README's test line is the first one in the fence behind its mark; without one CI fails."""
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    run = subprocess.run(
        [ROOT / ".ci/test-line", tmp_path / "README.md"], capture_output=True, text=True, check=False
    )
    assert (run.returncode == 0) is (line is not None)
    assert run.stdout == (f"{line}\n" if line else "")


def test_readme_has_a_test_line() -> None:
    """The README says how to run the tests, where CI finds it."""
    run = subprocess.run(
        [ROOT / ".ci/test-line", ROOT / "README.md"], capture_output=True, text=True, check=True
    )
    assert run.stdout.rstrip().endswith("-m pytest")


CLEAN = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "Dependency not found"}
FINDING = {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("report", "stderr", "code", "outcome"),
    [
        ([CLEAN], "", 0, (0, "1 of 1 versions audited, 0 findings")),
        ([CLEAN, SKIPPED], "", 0, (0, "1 of 2 versions audited, 0 findings")),
        ([SKIPPED], "", 0, (0, "not audited: the service knows none of these 1 versions")),
        ([CLEAN, FINDING], "Found 1 known vulnerability", 1, (1, "c 2: CVE-1; fixed in: 3")),
        ([FINDING], "", 0, (1, "c 2: CVE-1; fixed in: 3")),
        ([CLEAN], "ERROR: something else", 1, (1, "")),
        (
            None,
            "requests.exceptions.ProxyError: Max retries exceeded",
            1,
            (0, "not audited: the service cannot"),
        ),
        (
            None,
            "ERROR:pip_audit._cli:Could not connect to the feed",
            1,
            (0, "not audited: the service cannot"),
        ),
        (None, "ERROR:pip_audit._cli:invalid requirements input", 1, (1, "")),
        (None, "", 0, (1, "")),
    ],
)
def test_audit(
    report: list[object] | None, stderr: str, code: int, outcome: tuple[int, str], tmp_path: Path
) -> None:
    """A finding fails CI and so does a broken audit; a service that cannot be reached is only told of."""
    audit = tmp_path / "pip-audit"
    body = None if report is None else json.dumps({"dependencies": report})
    audit.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        f"body, stderr, code = {body!r}, {stderr!r}, {code}\n"
        "if body is not None:\n"
        "    pathlib.Path(sys.argv[sys.argv.index('--output') + 1]).write_text(body)\n"
        "print(stderr, file=sys.stderr)\n"
        "sys.exit(code)\n",
        encoding="utf-8",
    )
    audit.chmod(0o755)
    run = subprocess.run(
        [sys.executable, ROOT / ".ci/audit.py", audit, "constraints.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == outcome[0]
    assert outcome[1] in run.stdout


def test_import_rules_name_every_module() -> None:
    """A module that is added to the bot has its place in the layers, and is forbidden to plugins."""
    tables = tomllib.loads(PYPROJECT)["tool"]["importlinter"]["contracts"]
    modules = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.stem[0] != "_" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    layers = {module for layer in tables[0]["layers"] for module in layer.split(" : ")}
    assert layers == modules
    assert set(tables[1]["forbidden_modules"]) == modules - {"bot.api"}
