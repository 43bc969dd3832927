"""`python -m mailhook` is `mailhook`."""

from mailhook.cli import main

main()
