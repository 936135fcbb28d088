"""Asks pip-audit about every pinned version: fails on findings, and says so when nobody could be asked."""  # noqa: INP001  # a script, no package

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_UNREACHABLE = re.compile(
    r"(ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|ServiceError): "
    r"|Could not connect to|not redirecting properly|Max retries exceeded"
)


def main(pip_audit: str, constraints: str) -> int:
    """Run `pip_audit` over a constraints file.

    Returns:
        0 when there is nothing known against any version, or the service cannot be reached; 1 when there
        is, or when pip-audit fails for any other reason.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [pip_audit, "-r", constraints, "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        command += ["--format", "json", "--output", str(report)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
        text = report.read_text() if report.exists() else ""
    if not text:
        if run.returncode and _UNREACHABLE.search(run.stderr):
            print(f"not audited: the service cannot be reached ({run.stderr.strip().splitlines()[-1]})")
            return 0
        print(run.stderr, file=sys.stderr)
        return 1
    dependencies = json.loads(text)["dependencies"]
    found = [(item, finding) for item in dependencies for finding in item.get("vulns", ())]
    for item, finding in found:
        fixed = ", ".join(finding["fix_versions"]) or "none"
        print(f"{item['name']} {item['version']}: {finding['id']}; fixed in: {fixed}")
    audited = sum("skip_reason" not in item for item in dependencies)
    if audited:
        print(f"{audited} of {len(dependencies)} versions audited, {len(found)} findings")
    else:
        print(f"not audited: the service knows none of these {len(dependencies)} versions")
    if found:
        return 1
    if run.returncode:
        print(run.stderr, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
