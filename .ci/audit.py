"""Look for known vulnerabilities in the locked packages: `python .ci/audit.py PIP-AUDIT [--must] LOCK…`.

Exit status 1 where one is found. Where no service that knows them can be reached, that is said plainly, and is exit status 1 only with `--must`:
a machine without network can still run everything else.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")
_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a service told of one lock file: what it looked up, what it did not know, and what is wrong with which."""

    looked_up: tuple[str, ...]
    unknown: tuple[str, ...]
    faults: tuple[str, ...]


def read_report(text: str) -> Audit | None:
    """Read pip-audit's JSON; None where it is none, as where it never got an answer."""
    try:
        told: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return Audit(
        looked_up=tuple(each["name"] for each in told if "vulns" in each),
        unknown=tuple(each["name"] for each in told if "vulns" not in each),
        faults=tuple(
            f"{each['name']} {each['version']}: {fault['id']}, repaired in {', '.join(fault['fix_versions']) or 'no version yet'}"
            for each in told
            for fault in each.get("vulns", ())
        ),
    )


def ask(program: str, lock: str, service: str) -> str:
    """Run pip-audit over one lock file; return what it printed."""
    command = (program, "-r", lock, "--require-hashes", "--disable-pip", "-s", service, "-f", "json", "--progress-spinner", "off")  # fmt: skip
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS).stdout  # noqa: S603  (our own command)
    except (OSError, subprocess.TimeoutExpired):
        return ""


def audit(locks: Sequence[str], run: Callable[[str, str], str], *, must: bool) -> tuple[int, list[str]]:
    """Audit lock files; `run` takes a lock file and a service. Return the exit status and what to say."""
    status, said = 0, []
    for lock in locks:
        answers = (read_report(run(lock, service)) for service in SERVICES)
        found = next((each for each in answers if each is not None and each.looked_up), None)
        if found is None:
            said.append(
                f"{lock}: NOT AUDITED: no service that knows of vulnerabilities could be reached from here"
            )
            status = max(status, int(must))
            continue
        said.append(
            f"{lock}: {len(found.looked_up)} packages looked up, {len(found.faults)} known vulnerabilities"
        )
        if found.unknown:
            said.append(f"{lock}: not known to the service: {', '.join(found.unknown)}")
        said += [f"  {fault}" for fault in found.faults]
        status = max(status, int(bool(found.faults)))
    return status, said


def main(words: list[str]) -> int:
    """Audit, tell, and return the exit status."""
    program, *rest = words
    locks = [word for word in rest if not word.startswith("--")]
    if not Path(program).exists():
        print("NOT AUDITED: pip-audit could not be installed")  # noqa: T201  (a program)
        return int("--must" in rest)
    status, said = audit(locks, lambda lock, service: ask(program, lock, service), must="--must" in rest)
    print("\n".join(said))  # noqa: T201  (a program)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
