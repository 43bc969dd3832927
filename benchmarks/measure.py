"""Run programs and say what they cost: processor time, peak memory and time on the clock, of the process itself."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a program cost: `cpu` and `wall` in seconds, `memory` in MB at its peak."""

    cpu: float
    wall: float
    memory: float
    output: str


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> Cost:
    """Run a program from the checkout and wait for it. Raise RuntimeError where it fails."""
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output = process.stdout.read()
        trouble = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {trouble[-2000:]}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.monotonic() - started,
        memory=usage.ru_maxrss / scale,
        output=output,
    )


def python(*words: str, env: Mapping[str, str] | None = None) -> Cost:
    """Run a module of the checkout with this interpreter."""
    return run([sys.executable, "-m", *words], env=env)


def spread(values: Sequence[float], *, digits: int = 2) -> str:
    """Write a median with its least and greatest value."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


def ratios(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Divide pair by pair, so that a machine whose speed drifts does not matter."""
    return [a / b for a, b in zip(one, other, strict=True)]
