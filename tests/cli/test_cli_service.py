"""`mailhook service`: units that systemd accepts and finds safe, a crontab line and a launchd agent; nothing is written unasked."""

import os
import plistlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailhook.cli.units import (
    Setup,
    cron_line,
    launchd_agent,
    systemd_service,
    with_cron_line,
    without_cron_line,
)

Run = Callable[..., Any]
SETUP = Setup(
    program=("/opt/my programs/mailhook", "--config", "/home/a/100%/c.toml"),
    environment={"MAILHOOK_STATE": "/home/a/st $x"},
    writable=(Path("/home/a/.local/state/mailhook"), Path("/home/a/My Mail")),
    every_minutes=15,
)

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed; type: apt-get install systemd",
)


def units(out: str) -> dict[str, str]:
    """Split what --print prints into files."""
    parts = re.split(r"^# (/\S+)\n", out, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@needs_systemd
@pytest.mark.parametrize("form", ["systemd", "timer"])
def test_systemd_accepts_the_units_and_finds_them_safe(
    run: Run, configured: Path, tmp_path: Path, form: str
) -> None:
    """`systemd-analyze verify` says nothing; its exposure level is at most 2.0 of 10."""
    ran = run("service", "--print", "--form", form)
    assert (ran.status, ran.err) == (0, "")
    files = []
    for path, text in units(ran.out).items():
        file = tmp_path / Path(path).name
        file.write_text(text)
        files.append(file)
    verified = subprocess.run(
        ["systemd-analyze", "--user", "verify", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in verified.stderr.splitlines() if "mailhook" in line]
    assert ours == []
    service = next(file for file in files if file.suffix == ".service")
    safe = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(service)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert safe.returncode == 0, safe.stdout[-500:] + safe.stderr


def test_the_service_starts_this_program_and_may_write_only_where_it_must(
    run: Run, configured: Path, home: Path, maildir: Path
) -> None:
    ((path, text),) = units(run("service", "--print", "--form", "systemd").out).items()
    assert path == f"{home}/.config/systemd/user/mailhook.service"
    assert re.search(r"^ExecStart=\S+ watch$", text, flags=re.MULTILINE)
    writable = re.findall(r"^ReadWritePaths=-(.*)$", text, flags=re.MULTILINE)
    assert writable == [f"{home}/.local/state/mailhook", str(maildir)]
    assert "Type=notify\n" in text
    assert "RestartPreventExitStatus=2\n" in text


def test_a_permission_that_is_renewed_can_be_written(run: Run, configured: Path, home: Path) -> None:
    """The folder of its file, and where drafts are kept as files; folders that are missing are named, and made on installing."""
    configured.write_text(
        configured.read_text()
        + '\n[accounts.gmail]\nconnector = "gmail"\nmode = "readonly"\ntoken_file = "~/keys/g.token"\n'
    )
    out = run("service", "--print", "--form", "systemd").out
    writable = re.findall(r"^ReadWritePaths=-(.*)$", out, flags=re.MULTILINE)
    assert writable[2:] == [f"{home}/mailhook-drafts", f"{home}/keys"]
    assert re.findall(r"^# make this folder first: (.*)$", out, flags=re.MULTILINE) == [
        f"{home}/.local/state/mailhook",
        f"{home}/mailhook-drafts",
        f"{home}/keys",
    ]


def test_paths_with_spaces_dollars_and_percents_are_quoted_as_systemd_reads_them() -> None:
    text = systemd_service(SETUP)
    assert 'ExecStart="/opt/my programs/mailhook" --config /home/a/100%%/c.toml watch\n' in text
    assert 'Environment="MAILHOOK_STATE=/home/a/st $x"\n' in text
    assert 'ReadWritePaths="-/home/a/My Mail"\n' in text


def test_the_crontab_line_is_one_line_that_the_shell_reads_back() -> None:
    line = cron_line(SETUP)
    assert line == (
        "*/15 * * * * MAILHOOK_STATE='/home/a/st $x' '/opt/my programs/mailhook' --config /home/a/100\\%/c.toml scan "
        "# mailhook: looks for new rejections\n"
    )


@pytest.mark.parametrize(
    ("minutes", "when"), [(1, "*/1 * * * *"), (59, "*/59 * * * *"), (60, "0 * * * *"), (180, "0 */3 * * *")]
)
def test_cron_looks_as_often_as_was_asked(run: Run, configured: Path, minutes: int, when: str) -> None:
    ran = run("service", "--print", "--form", "cron", "--every", str(minutes))
    assert ran.out.startswith(f"{when} /")
    assert ran.out.count("\n") == 1


def test_a_crontab_keeps_everything_else_as_it_stands() -> None:
    mine = "MAILTO=me\n0 5 * * * backup"
    once = with_cron_line(mine, SETUP)
    assert once == f"{mine}\n{cron_line(SETUP)}"
    assert with_cron_line(once, SETUP) == once
    assert without_cron_line(once) == f"{mine}\n"


def test_the_launchd_agent_is_a_property_list_that_starts_the_service() -> None:
    agent = plistlib.loads(launchd_agent(SETUP).encode())
    assert agent["ProgramArguments"] == [*SETUP.program, "watch"]
    assert agent["EnvironmentVariables"] == SETUP.environment
    assert agent["KeepAlive"] == {"SuccessfulExit": False}


@pytest.fixture
def tools(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for systemctl and crontab, which write down how they were called: this test must not touch the machine's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {home}/systemctl.log\n')
    (folder / "crontab").write_text(
        f'#!/bin/sh\ncase "$1" in -l) cat {home}/crontab 2>/dev/null ;; -) cat > {home}/crontab ;; esac\n'
    )
    for tool in folder.iterdir():
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_nothing_is_written_without_agreement(run: Run, configured: Path, tools: Path, home: Path) -> None:
    for form in ("systemd", "timer", "cron"):
        ran = run("service", "install", "--form", form)
        assert ran.status == 2
        assert "add --yes to agree beforehand" in ran.err
    assert not (home / ".config/systemd").exists()
    assert not (home / "crontab").exists()
    assert not (home / "systemctl.log").exists()


def test_the_service_is_installed_seen_and_removed_without_a_trace(
    run: Run, configured: Path, tools: Path, home: Path
) -> None:
    unit = home / ".config/systemd/user/mailhook.service"
    ran = run("service", "install", "--form", "systemd", "--yes")
    assert (ran.status, ran.err) == (0, "")
    assert unit.exists()
    assert (home / ".local/state/mailhook").stat().st_mode & 0o777 == 0o700
    assert "systemd: installed." in run("service", "status").out
    assert run("service", "uninstall", "--yes").status == 0
    assert list(unit.parent.iterdir()) == []
    assert (home / "systemctl.log").read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable --now mailhook.service",
        "--user disable --now mailhook.service",
        "--user daemon-reload",
    ]
    assert configured.exists()
    assert run("service", "uninstall", "--yes").out == "there was nothing to remove\n"


def test_the_crontab_line_is_installed_once_and_removed(
    run: Run, configured: Path, tools: Path, home: Path
) -> None:
    (home / "crontab").write_text("0 5 * * * backup\n")
    for every in ("10", "20"):
        assert run("service", "install", "--form", "cron", "--every", every, "--yes").status == 0
    lines = (home / "crontab").read_text().splitlines()
    assert (len(lines), lines[0], lines[1].startswith("*/20 ")) == (2, "0 5 * * * backup", True)
    assert "cron: installed." in run("service", "status").out
    assert run("service", "uninstall", "--yes").status == 0
    assert (home / "crontab").read_text() == "0 5 * * * backup\n"
