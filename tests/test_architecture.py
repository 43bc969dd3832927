"""The house keeps its plan: imports go down the table, and nothing that can send mail is within reach."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Which rooms of mailhook each room may import. A room is a module or package directly under mailhook/.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "mail": {"errors"},
    "verdict": {"mail", "errors"},
    "reading": {"mail", "verdict", "errors"},
    "reply": {"mail", "verdict", "errors", "templates"},
    "ledger": {"mail", "errors"},
    "connector": {"mail", "reply", "errors"},
    "config": {"errors", "mail", "verdict", "reply"},
    "oauth": {"errors"},
    "secret": {"errors", "oauth"},
    "scan": {"errors", "mail", "verdict", "reading", "reply", "ledger", "connector", "config", "secret"},
    "watch": {"errors", "reading", "scan", "connector", "ledger", "config"},
    "cli": {
        "errors",
        "mail",
        "verdict",
        "reading",
        "reply",
        "ledger",
        "connector",
        "config",
        "secret",
        "oauth",
        "scan",
        "watch",
    },
    "connectors": {"mail", "connector", "reply", "oauth", "errors"},
}
# Of a room, a narrower door: a connector may see a Draft, and the configuration may see settings.
ONLY_MODULES = {
    ("connectors", "reply"): {"mailhook.reply.draft"},
    ("connector", "reply"): {"mailhook.reply.draft"},
    ("config", "reply"): {"mailhook.reply.settings"},
    ("config", "mail"): {"mailhook.mail.message"},
}


def _sources() -> list[Path]:
    return sorted([*ROOT.glob("mailhook/**/*.py"), *ROOT.glob("connectors/**/*.py")])


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "connectors" if parts[0] == "connectors" else parts[1]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute, so that they can be read"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_the_table(path: Path) -> None:
    """A room imports only the rooms below it."""
    room = _room(path)
    if room in {"__init__", "__main__"}:
        return
    for name in _imports(path):
        if not name.startswith("mailhook.") or name == "mailhook.__version__":
            continue
        target = name.split(".")[1]
        if target == room:
            if room == "connectors":
                assert (
                    name.split(".")[2:3] == [path.stem]
                    or path.stem.startswith("_")
                    or name.split(".")[2].startswith("_")
                ), f"{path} imports another connector: {name}"
            continue
        assert target in MAY_IMPORT[room], f"{room} may not import {name}"
        door = ONLY_MODULES.get((room, target))
        if door is not None and name != f"mailhook.{target}":
            assert any(name == module or name.startswith(f"{module}.") for module in door), (
                f"{room} sees only {door}"
            )


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_can_send(path: Path) -> None:
    """No module imports an SMTP library, and none names a send method of Gmail."""
    assert not any(name.split(".")[0] in {"smtplib", "aiosmtplib", "smtpd"} for name in _imports(path))
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert "sendmail" not in called
    assert "send_message" not in called
