"""`mailhook service`: make mailhook run by itself, after showing what would be written."""

import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailhook.cli.options import ConfigOption, load_config
from mailhook.cli.show import line
from mailhook.errors import MailhookError, UsageError

if TYPE_CHECKING:
    from mailhook.cli.units import Setup
    from mailhook.config import Account, Config

service = typer.Typer(
    help=(
        "Let mailhook run by itself: as a background service, by a timer, or by cron.\n\n"
        "\b\nExamples:\n"
        "  mailhook service --print\n"
        "  mailhook service install\n"
        "  mailhook service install --form cron --every 15"
    ),
    rich_markup_mode=None,
    invoke_without_command=True,
)


class Form(StrEnum):
    """The ways to run by itself."""

    systemd = "systemd"
    timer = "timer"
    launchd = "launchd"
    cron = "cron"


FormOption = Annotated[
    Form | None,
    typer.Option(
        "--form",
        metavar="FORM",
        help="systemd: the service that always listens; timer: a scan every few minutes; launchd: macOS; cron: a crontab line. "
        "Without it, what fits this machine.",
        show_default=False,
    ),
]
EveryOption = Annotated[
    int,
    typer.Option(
        "--every", metavar="MINUTES", min=1, max=1440, help="Minutes between scans, for timer and cron."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A file to write, and its text."""

    path: Path
    text: str


@service.callback()
def service_before(
    context: typer.Context,
    show: Annotated[
        bool, typer.Option("--print", help="Print what would be written, and write nothing.")
    ] = False,
    form: FormOption = None,
    every: EveryOption = 10,
    config: ConfigOption = None,
) -> None:
    """Print the units where asked; otherwise leave it to the command."""
    if config is not None:
        context.find_root().obj = config
    if context.invoked_subcommand is not None:
        return
    if not show:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    chosen = form or _default_form()
    setup = _setup(context, None, every)
    if chosen is Form.cron:
        from mailhook.cli.units import cron_line

        line(cron_line(setup).rstrip("\n"))
        return
    for folder in _missing(setup):
        line(f"# make this folder first: {folder}")
    for unit in _units(chosen, setup):
        line(f"# {unit.path}")
        line(unit.text)


@service.command("install")
def service_install(
    context: typer.Context,
    form: FormOption = None,
    every: EveryOption = 10,
    yes: YesOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what would be written, ask, write it and start it."""
    chosen = form or _default_form()
    setup = _setup(context, config, every)
    _require(chosen)
    if chosen is Form.cron:
        _install_cron(setup, yes)
        return
    units = _units(chosen, setup)
    for unit in units:
        line(f"# {unit.path}")
        line(unit.text)
    _ask("Write this and start it?", yes)
    for folder in _missing(setup):
        folder.mkdir(mode=0o700, parents=True)
    for unit in units:
        _write(unit)
    for words in _START[chosen]:
        _run(_filled(words))
    line(f"mailhook now runs by itself. {_SEE[chosen]}")


@service.command("status")
def service_status() -> None:
    """Say whether mailhook runs by itself here, and how."""
    found = False
    for form in Form:
        if form is Form.cron:
            from mailhook.cli.units import CRON_MARK

            present = CRON_MARK in _crontab()
        else:
            present = _main_unit(form).exists()
        if present:
            found = True
            line(f"{form}: installed. {_SEE[form]}")
    if not found:
        line('mailhook does not run by itself here; "mailhook service install" sets it up')


@service.command("uninstall")
def service_uninstall(yes: YesOption = False) -> None:
    """Stop mailhook and remove what "install" wrote. Drafts, configuration and ledger stay."""
    from mailhook.cli.units import CRON_MARK, without_cron_line

    removed = False
    for form in (Form.systemd, Form.timer, Form.launchd):
        paths = [path for path in _paths(form) if path.exists()]
        if not paths:
            continue
        _ask(f"Stop it and remove {', '.join(map(str, paths))}?", yes)
        for words in _STOP[form]:
            _run(_filled(words), may_fail=True)
        for path in paths:
            path.unlink()
        if form is not Form.launchd:
            _run(("systemctl", "--user", "daemon-reload"), may_fail=True)
        removed = True
    crontab = _crontab()
    if CRON_MARK in crontab:
        _ask("Remove mailhook's line from your crontab?", yes)
        _set_crontab(without_cron_line(crontab))
        removed = True
    line("removed" if removed else "there was nothing to remove")


# What there is on this machine ----------------------------------------------------------------------------------------------


def _default_form() -> Form:
    if sys.platform == "darwin":
        return Form.launchd
    return Form.systemd if shutil.which("systemctl") else Form.cron


_TOOL = {Form.systemd: "systemctl", Form.timer: "systemctl", Form.launchd: "launchctl", Form.cron: "crontab"}


def _require(form: Form) -> None:
    if shutil.which(_TOOL[form]) is None:
        raise UsageError(
            f'this machine has no {_TOOL[form]}; choose another --form, or do it by hand with "mailhook service --print --form {form}"'
        )


def _setup(context: typer.Context, named: Path | None, every: int) -> "Setup":
    from mailhook.cli.options import named_config
    from mailhook.cli.units import Setup

    config = load_config(context, named, accounts=False)
    program = [*_program()]
    if named_config(context, named) is not None or os.environ.get("MAILHOOK_CONFIG"):
        program += ["--config", str((config.path or Path()).absolute())]
    environment = {}
    if os.environ.get("MAILHOOK_STATE"):
        environment["MAILHOOK_STATE"] = str(config.state.absolute())
    return Setup(
        program=tuple(program),
        environment=environment,
        writable=tuple(_writable(config)),
        every_minutes=every,
    )


def _program() -> Sequence[str]:
    beside = Path(sys.executable).parent / "mailhook"
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "mailhook"]


def _writable(config: "Config") -> list[Path]:
    """The folders that the service may write to: the ledger's, each account's own mail here, and where permissions are renewed."""
    paths = [config.state]
    for account in config.accounts.values():
        given = {**_defaults(account), **account.settings}
        paths += [Path(given[key]) for key in ("path", "drafts_folder") if isinstance(given.get(key), str)]
        # A permission is written aside and renamed, so its folder has to be writable.
        tokens = [given.get("token_file"), *(each.get("token_file") for each in account.secrets.values())]
        paths += [Path(each).parent for each in tokens if isinstance(each, str)]
    return list(dict.fromkeys(path.expanduser().absolute() for path in paths))


def _missing(setup: "Setup") -> list[Path]:
    """Of the folders that the service writes to, those that it could not make itself: all else of the home is closed to it."""
    return [folder for folder in setup.writable if not folder.exists()]


def _defaults(account: "Account") -> dict[str, Any]:
    """What the account's connector takes where nothing is set."""
    from mailhook.connector import connector_class

    parameters = inspect.signature(connector_class(account.connector)).parameters.values()
    return {each.name: each.default for each in parameters}


def _units(form: Form, setup: "Setup") -> list[Unit]:
    from mailhook.cli import units

    if form is Form.launchd:
        return [Unit(path=_main_unit(form), text=units.launchd_agent(setup))]
    if form is Form.timer:
        scan, timer = _paths(form)
        return [
            Unit(path=scan, text=units.systemd_scan(setup)),
            Unit(path=timer, text=units.systemd_timer(setup)),
        ]
    return [Unit(path=_main_unit(form), text=units.systemd_service(setup))]


def _paths(form: Form) -> list[Path]:
    if form is Form.launchd:
        return [Path.home() / "Library/LaunchAgents/mailhook.plist"]
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    folder = Path(base).expanduser() / "systemd/user"
    if form is Form.timer:
        return [folder / "mailhook-scan.service", folder / "mailhook-scan.timer"]
    return [folder / "mailhook.service"]


def _main_unit(form: Form) -> Path:
    return _paths(form)[-1]


_START: dict[Form, tuple[tuple[str, ...], ...]] = {
    Form.systemd: (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", "mailhook.service"),
    ),
    Form.timer: (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", "mailhook-scan.timer"),
    ),
    Form.launchd: (("launchctl", "bootstrap", "gui/{uid}", "{agent}"),),
}
_STOP: dict[Form, tuple[tuple[str, ...], ...]] = {
    Form.systemd: (("systemctl", "--user", "disable", "--now", "mailhook.service"),),
    Form.timer: (("systemctl", "--user", "disable", "--now", "mailhook-scan.timer"),),
    Form.launchd: (("launchctl", "bootout", "gui/{uid}", "{agent}"),),
}
_SEE = {
    Form.systemd: "See it with: systemctl --user status mailhook (it stops when you log out, unless: loginctl enable-linger)",
    Form.timer: "See it with: systemctl --user list-timers mailhook-scan.timer",
    Form.launchd: "See it with: launchctl print gui/$(id -u)/mailhook",
    Form.cron: "See it with: crontab -l",
}


def _filled(words: tuple[str, ...]) -> tuple[str, ...]:
    agent = str(_main_unit(Form.launchd))
    return tuple(word.format(uid=os.getuid(), agent=agent) for word in words)


# Acting -------------------------------------------------------------------------------------------------------------------------


def _ask(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nothing was changed: there is nobody to ask here; add --yes to agree beforehand")
    if not typer.confirm(question):
        line("nothing was changed")
        raise typer.Exit


def _write(unit: Unit) -> None:
    unit.path.parent.mkdir(parents=True, exist_ok=True)
    aside = unit.path.with_name(f".{unit.path.name}.new")
    aside.write_text(unit.text, encoding="utf-8")
    aside.replace(unit.path)


def _run(words: Sequence[str], *, may_fail: bool = False) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  words of our own, without a shell
    if done.returncode != 0 and not may_fail:
        why = (done.stderr or done.stdout).strip().partition("\n")[0]
        raise MailhookError(
            f'"{" ".join(words)}" failed: {why or done.returncode}; what was written is still there, and '
            '"mailhook service uninstall" removes it'
        )


def _crontab() -> str:
    if shutil.which("crontab") is None:
        return ""
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607  the system's own
    return done.stdout if done.returncode == 0 else ""


def _set_crontab(text: str) -> None:
    done = subprocess.run(["crontab", "-"], input=text, capture_output=True, text=True, check=False)  # noqa: S607  the system's own
    if done.returncode != 0:
        raise MailhookError(f"crontab refused the new table: {done.stderr.strip()}; the old one stands")


def _install_cron(setup: "Setup", yes: bool) -> None:
    from mailhook.cli.units import cron_line, with_cron_line

    line(cron_line(setup).rstrip("\n"))
    _ask("Add this line to your crontab?", yes)
    _set_crontab(with_cron_line(_crontab(), setup))
    line(f"mailhook now runs by itself. {_SEE[Form.cron]}")
