"""The fixtures of the Gmail tests stand with the server that they start."""

from tests.servers.gmail.fixtures import connect, gmail, gmail_emulator

__all__ = ["connect", "gmail", "gmail_emulator"]
