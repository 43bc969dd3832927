"""The sign-in server stands in front of the Gmail emulator."""

from tests.servers.gmail.fixtures import connect, gmail, gmail_emulator

__all__ = ["connect", "gmail", "gmail_emulator"]
