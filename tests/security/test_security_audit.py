"""What is installed is what was locked, and a known vulnerability in it stops the change; a missing network is said, and stops nothing."""

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


@pytest.fixture(scope="module")
def auditing() -> ModuleType:
    """Return the program that `make audit` runs."""
    spec = importlib.util.spec_from_file_location("audit_of_the_locks", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def telling(*vulnerable: str, unknown: tuple[str, ...] = ()) -> str:
    """Return what pip-audit prints."""
    faults = [{"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}]
    found = [
        {"name": name, "version": "1.0", "vulns": faults if name in vulnerable else []}
        for name in ("jinja2", "rich")
    ]
    return json.dumps(
        {"dependencies": [*found, *({"name": n, "skip_reason": "?"} for n in unknown)], "fixes": []}
    )


def always(text: str) -> Callable[[str, str], str]:
    """Return a pip-audit that prints one thing."""
    return lambda lock, service: text


def test_a_known_vulnerability_fails_and_is_named(auditing: ModuleType) -> None:
    """With the version that repairs it."""
    status, said = auditing.audit(["a.lock"], always(telling("jinja2")), must=False)
    assert status == 1
    assert said == [
        "a.lock: 2 packages looked up, 1 known vulnerabilities",
        "  jinja2 1.0: PYSEC-2026-1, repaired in 2.0",
    ]


def test_without_one_it_passes_and_says_what_it_could_not_look_up(auditing: ModuleType) -> None:
    """A package that the service does not know is not called sound."""
    status, said = auditing.audit(["a.lock"], always(telling(unknown=("fontpkg",))), must=True)
    assert (status, said[1]) == (0, "a.lock: not known to the service: fontpkg")


@pytest.mark.parametrize("printed", ["", "Traceback: no such host", '{"dependencies": [{"name": "rich", "skip_reason": "?"}]}'])  # fmt: skip
def test_without_an_answer_it_says_so_and_fails_only_where_it_must(
    auditing: ModuleType, printed: str
) -> None:
    """Also where a mirror answers that it knows no package at all."""
    for must in (False, True):
        status, said = auditing.audit(["a.lock"], always(printed), must=must)
        assert (status, len(said)) == (int(must), 1)
        assert "NOT AUDITED" in said[0]


def test_the_second_service_is_asked_where_the_first_is_silent(auditing: ModuleType) -> None:
    """And its answer counts."""
    status, _ = auditing.audit(
        ["a.lock"], lambda lock, service: telling("rich") if service == "osv" else "", must=False
    )
    assert status == 1


def test_the_workflow_audits_and_must_get_an_answer() -> None:
    """On pushes, on changes, and every week."""
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert "make audit MUST=1" in workflow
    assert "schedule:" in workflow
    assert "make audit" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_to_a_version_and_its_hashes(lock: str) -> None:
    """Whatever an index serves, only what was locked is installed."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert len(entries) > 5
    for entry in entries:
        assert re.match(r"[a-z0-9._\[\]-]+==[^\s;]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_everything_is_installed_by_its_hashes() -> None:
    """No line of the Makefile installs from an index without them."""
    installs = [
        line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "pip install" in line
    ]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line
