"""Landlock (Linux 5.13 and later): of all files only the program's own may be opened, and only to read; no TCP, no signals to others.

See landlock(7). The numbers of the calls are the same on every architecture.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION = 1
_BENEATH = 1
_READ = (1 << 2) | (1 << 3)  # files and directories
# Rights on files that each version of the interface knows, then on the network, then on what lies outside.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP = 0b11
_SCOPES = 0b11


def confine(readable: Iterable[Path]) -> bool:
    """Confine this process for good, so that it can read what lies beneath these folders and touch nothing else; say whether the kernel does."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    rights = _RIGHTS[min(version, max(_RIGHTS))]
    attributes = struct.pack("=QQQ", rights, _TCP, _SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for folder in readable:
            _allow(libc, ruleset, folder)
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    """Allow reading beneath a folder; one that is not there cannot be read anyway."""
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError:
        return
    try:
        libc.syscall(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", _READ, descriptor), 0)
    finally:
        os.close(descriptor)
