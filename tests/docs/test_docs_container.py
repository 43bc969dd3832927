"""The container's recipe keeps step with the project. No engine runs here: what it does is done by hand in CONTRIBUTING's words, not built."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RECIPE = (ROOT / "Dockerfile").read_text("utf-8")


def test_everything_that_is_copied_is_there() -> None:
    """A file or folder that is renamed is renamed here too."""
    copied = [
        name
        for words in re.findall(r"^COPY (?!--from)(.+)$", RECIPE, re.MULTILINE)
        for name in words.split()[:-1]
    ]
    assert len(copied) >= 7
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_what_the_program_needs_is_locked_as_it_is_tested() -> None:
    """Every dependency is in the container's lock file, in the version that the tests run with."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[ <>=!\[;]", each)[0].lower() for each in project["dependencies"]}
    run = pins("requirements-run.lock")
    assert wanted <= {pin.partition("==")[0] for pin in run}
    assert run <= pins("requirements.lock")


def test_it_runs_as_nobody_in_particular_and_says_whether_it_lives() -> None:
    """Not as root, with a check of its health, and nothing secret in it."""
    assert re.search(r"^USER 10001$", RECIPE, re.MULTILINE)
    assert 'CMD ["mailhook", "status"]' in RECIPE
    assert "password" not in RECIPE.lower().replace("passwords are mounted", "")
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    for guard in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert guard in compose


def test_its_python_is_one_that_is_supported() -> None:
    """Both stages name the same Python, no older than what the project asks for."""
    versions = set(re.findall(r"^FROM python:3\.(\d+)-slim", RECIPE, re.MULTILINE))
    assert len(versions) == 1
    assert int(versions.pop()) >= 11
