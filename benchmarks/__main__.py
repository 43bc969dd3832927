"""Run the benchmarks named on the command line, or all of them: `python -m benchmarks [judging] [imap_scan] …`."""

import importlib
import sys

ALL = ("judging", "reading", "imap_scan", "gmail_cost")


def main() -> None:
    """Run them one after the other."""
    for name in sys.argv[1:] or ALL:
        importlib.import_module(f"benchmarks.{name}").main()


main()
