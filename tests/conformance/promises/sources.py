"""Promises about a plugin's own files: it imports the contract and nothing else of the bot."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.rig import Rig

CONTRACT = "bot.api"


class SourcePromises:
    """What keeps plugins apart from the bot and from each other."""

    async def test_only_the_contract_is_imported(self, rig: Rig) -> None:
        """No module of the plugin imports another part of the bot."""
        wrong = [
            f"{module} imports {name}"
            for module, name in _imports(rig)
            if _is_in(name, "bot") and not _is_in(name, CONTRACT)
        ]
        assert not wrong, "; ".join(wrong)

    async def test_no_other_plugin_is_imported(self, rig: Rig) -> None:
        """No module of the plugin imports another plugin; what is shared stands in a package with a _."""
        own = rig.harness.package.__name__
        prefixes = {"plugins", own.rpartition(".")[0]}
        wrong = [
            f"{module} imports {name}"
            for module, name in _imports(rig)
            for prefix in prefixes
            if _is_in(name, prefix)
            and not _is_in(name, own)
            and not name.removeprefix(f"{prefix}.").startswith("_")
        ]
        assert not wrong, "; ".join(wrong)


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _imports(rig: Rig) -> Iterator[tuple[str, str]]:
    """Each module of the plugin with the dotted names it imports, relative ones made absolute."""
    package = rig.harness.package
    for folder in map(Path, package.__path__):
        files = sorted(folder.rglob("*.py"))
        assert files, f"there is no source in {folder}"
        for file in files:
            inner = file.relative_to(folder).with_suffix("").parts
            module = ".".join((package.__name__, *inner))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Import(names=names):
                        yield from ((module, alias.name) for alias in names)
                    case ast.ImportFrom(module=source, names=names, level=level):
                        base = module.rsplit(".", level)[0] if level else ""
                        start = ".".join(part for part in (base, source or "") if part)
                        yield from ((module, f"{start}.{alias.name}") for alias in names)
