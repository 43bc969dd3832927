"""The commands: the only place that prints and exits.

Exit status: 0 done, 1 some account failed, 2 usage or configuration. An error is one sentence on standard error that says what to do next;
`MAILHOOK_DEBUG=1` adds the traceback.
"""

import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from mailhook.errors import MailhookError, UsageError


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments name (by default those of the command line), and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # A crash must not leave a password on the disk.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    from mailhook.cli.app import app

    try:
        app(arguments, prog_name="mailhook")
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else 1 if exc.code else 0
    except UsageError as exc:
        return _fail(str(exc), 2)
    except MailhookError as exc:
        return _fail(str(exc), 1)
    except BrokenPipeError:
        # Whoever read our output (head, less) has gone; the rest goes nowhere, quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as exc:
        named = f"{exc.filename}: " if exc.filename else ""
        return _fail(f"{named}{exc.strerror or exc}; make that possible and try again", 1)
    except Exception as exc:  # noqa: BLE001  the last net: a fault of our own becomes one sentence, never a traceback
        return _fail(
            f"a fault of mailhook's own ({_place(exc)}); run it again with MAILHOOK_DEBUG=1 and report what it prints",
            1,
        )
    return 0


def _fail(sentence: str, status: int) -> int:
    from mailhook.cli.show import clean

    if os.environ.get("MAILHOOK_DEBUG"):
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.write(f"mailhook: {clean(sentence)}\n")
    return status


def _place(exc: Exception) -> str:
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(exc).__name__
    file = os.path.basename(trace.tb_frame.f_code.co_filename)  # noqa: PTH119  a name for people, not a path
    return f"{type(exc).__name__} in {file} line {trace.tb_lineno}"
