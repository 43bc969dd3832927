"""The filter of system calls, for each architecture it knows: what a kernel would decide by it."""

import os
import re
import struct
from pathlib import Path

import pytest

from mailhook.reading import seccomp

ALLOWED, REFUSED = 0x7FFF0000, 0x00050000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
# socket, connect, sendto, execve, execveat, clone, clone3, fork, vfork, kill, tgkill, ptrace, unlink(at), mkdir(at), rename(at), truncate,
# chmod, io_uring_setup, bpf, prctl, prlimit64, unshare, process_vm_readv, pidfd_getfd, memfd_create, keyctl, openat2.
NEVER = {
    "x86_64": (41, 42, 44, 59, 322, 56, 435, 57, 58, 62, 234, 101, 87, 263, 83, 258, 82, 264, 76, 90, 425, 321, 157, 302, 272, 310, 438, 319, 250, 437),
    "aarch64": (198, 203, 206, 221, 281, 220, 435, 129, 131, 117, 35, 34, 38, 45, 53, 425, 280, 167, 261, 97, 270, 438, 279, 219, 437),
}  # fmt: skip


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Run the filter over one system call as the kernel does; return what it answers, less the error number."""
    data = struct.pack(
        "=IIQ6Q", number, architecture or ARCHITECTURES[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    program = seccomp._program(*seccomp._CALLS[machine], seccomp._OPEN[machine])
    instructions = list(struct.iter_unpack("=HBBI", program))
    accumulator = place = 0
    while True:
        code, where_true, where_false, value = instructions[place]
        place += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                place += where_true if accumulator == value else where_false
            case 0x35:
                place += where_true if accumulator >= value else where_false
            case 0x45:
                place += where_true if accumulator & value else where_false
            case _:
                assert code == 0x06
                return int(value) & 0xFFFF0000


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_reading_needs_is_allowed_and_all_else_refused(machine: str) -> None:
    """By number: the list, opening, and nothing besides."""
    listed = set(seccomp._CALLS[machine][1].values())
    opening = {number for number, _ in seccomp._OPEN[machine]}
    assert {number for number in range(1000) if decide(machine, number) == ALLOWED} == listed | opening
    assert all(decide(machine, number) == REFUSED for number in NEVER[machine])


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_files_are_opened_for_reading_only(machine: str) -> None:
    """Whatever other flags there are."""
    for number, argument in seccomp._OPEN[machine]:
        before = [0] * argument
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CLOEXEC, os.O_RDONLY | os.O_DIRECTORY):
            assert decide(machine, number, *before, flags) == ALLOWED
        for flags in (
            os.O_WRONLY,
            os.O_RDWR,
            os.O_CREAT,
            os.O_TRUNC,
            os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC,
        ):
            assert decide(machine, number, *before, flags) == REFUSED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_calls_of_another_architecture_are_refused(machine: str) -> None:
    """The 32-bit table and x32 have other numbers for the same doors."""
    for number in range(500):
        assert decide(machine, number, architecture=0x40000003) == REFUSED
        assert decide(machine, number | 0x40000000) == REFUSED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    """As its own headers have them, where they are installed."""
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text(encoding="utf-8"))
    kernel = {
        name.replace("fstatat", "newfstatat") if name == "fstatat" else name: int(number)
        for name, number in found
    }
    for name, number in seccomp._CALLS[machine][1].items():
        assert kernel[name] == number, name
