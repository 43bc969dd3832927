"""The texts that make mailhook run by itself: systemd user units, a launchd agent, a crontab line. Pure; written by `service.py`."""

import plistlib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LABEL = "mailhook"
CRON_MARK = "# mailhook: looks for new rejections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a unit needs to know: how mailhook is started, its environment, the files it writes, and how often it looks."""

    program: tuple[str, ...]
    environment: Mapping[str, str]
    writable: tuple[Path, ...]
    every_minutes: int = 10


# What the process may do, from the loosest shell of a user's session down to what reading mail needs. The home is read-only but for the
# state folder and Maildirs; the network is left, because mail servers are named only in the configuration.
_HARDENING = """\
NoNewPrivileges=yes
PrivateUsers=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
AmbientCapabilities=
UMask=0077
LimitCORE=0
MemoryMax=512M
TasksMax=64
"""


def systemd_service(setup: Setup) -> str:
    """Return the user unit of the background service."""
    return (
        "[Unit]\n"
        "Description=mailhook: finds job rejections and leaves reply drafts\n"
        "Documentation=man:systemd.service(5)\n"
        "StartLimitIntervalSec=600\n"
        "StartLimitBurst=5\n\n"
        "[Service]\n"
        "Type=notify\n"
        f"ExecStart={_command([*setup.program, 'watch'])}\n"
        "ExecReload=/bin/kill -HUP $MAINPID\n"
        # Wrong configuration is exit status 2: starting again would not help.
        "Restart=on-failure\n"
        "RestartPreventExitStatus=2\n"
        "RestartSec=30\n"
        # Longer than a draft being written may take, so that stopping never cuts one in two.
        "TimeoutStopSec=120\n"
        "WatchdogSec=600\n"
        f"{_environment(setup)}{_HARDENING}{_writable(setup)}\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def systemd_scan(setup: Setup) -> str:
    """Return the unit of one scan, which the timer starts."""
    return (
        "[Unit]\n"
        "Description=mailhook: one look for new job rejections\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"ExecStart={_command([*setup.program, 'scan'])}\n"
        "TimeoutStartSec=1h\n"
        "TimeoutStopSec=120\n"
        f"{_environment(setup)}{_HARDENING}{_writable(setup)}"
    )


def systemd_timer(setup: Setup) -> str:
    """Return the timer that starts a scan every few minutes."""
    return (
        "[Unit]\n"
        "Description=mailhook: looks for new job rejections\n\n"
        "[Timer]\n"
        "OnStartupSec=2min\n"
        f"OnUnitInactiveSec={setup.every_minutes}min\n"
        "RandomizedDelaySec=30s\n\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def launchd_agent(setup: Setup) -> str:
    """Return the launchd agent of the background service (macOS)."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": [*setup.program, "watch"],
        "EnvironmentVariables": dict(setup.environment),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "ExitTimeOut": 120,
        "ProcessType": "Background",
        "Umask": 0o077,
        "HardResourceLimits": {"Core": 0},
    }
    if not setup.environment:
        del agent["EnvironmentVariables"]
    return plistlib.dumps(agent).decode("utf-8")


def cron_line(setup: Setup) -> str:
    """Return the crontab line of one scan every few minutes; cron mails whatever it prints, which is one line for each new draft."""
    minutes = f"*/{setup.every_minutes}" if setup.every_minutes < 60 else "0"
    hours = "*" if setup.every_minutes < 120 else f"*/{setup.every_minutes // 60}"
    variables = "".join(f"{name}={shlex.quote(value)} " for name, value in setup.environment.items())
    # A percent sign ends a crontab's command (crontab(5)).
    command = (variables + shlex.join([*setup.program, "scan"])).replace("%", r"\%")
    return f"{minutes} {hours} * * * {command} {CRON_MARK}\n"


def without_cron_line(crontab: str) -> str:
    """Return a crontab without mailhook's own line, everything else as it stands."""
    return "".join(
        line for line in crontab.splitlines(keepends=True) if not line.rstrip("\n").endswith(CRON_MARK)
    )


def with_cron_line(crontab: str, setup: Setup) -> str:
    """Return a crontab in which mailhook's line stands once."""
    rest = without_cron_line(crontab)
    return rest + ("" if not rest or rest.endswith("\n") else "\n") + cron_line(setup)


def _environment(setup: Setup) -> str:
    return "".join(f"Environment={_word(f'{name}={value}')}\n" for name, value in setup.environment.items())


def _writable(setup: Setup) -> str:
    # The minus: a folder that does not exist (yet) must not keep the unit from starting.
    return "".join(f"ReadWritePaths={_word(f'-{path}')}\n" for path in setup.writable)


def _command(words: Sequence[str]) -> str:
    return " ".join(_word(word).replace("$", "$$") for word in words)


def _word(word: str) -> str:
    """Quote one word as systemd.syntax(7) has it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if re.fullmatch(r"[\w@%+=:,./-]+", word) else f'"{escaped}"'
