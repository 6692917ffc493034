"""A filter of system calls that a process puts on itself and cannot take off (Linux, seccomp-BPF).

It needs no rights and works inside containers. What is denied fails with EPERM, as for a file that
is not ours, so that nothing hangs and a library can say what went wrong. The numbers are those of
the kernel's `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_CALLS = 0x40000000
"""On x86_64 the same architecture answers to a second set of numbers from here on."""

# name: (x86_64, aarch64); None where the architecture never had the call.
_NETWORK = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "accept4": (288, 242),
    "sendmmsg": (307, 269),
}
_PROCESSES = {
    "fork": (57, None),
    "vfork": (58, None),
    "execveat": (322, 281),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
}
_WRITING = {
    "creat": (85, None),
    "memfd_create": (319, 279),
}
_PATHS = {
    "truncate": (76, 45),
    "rename": (82, None),
    "mkdir": (83, None),
    "rmdir": (84, None),
    "link": (86, None),
    "unlink": (87, None),
    "symlink": (88, None),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "utime": (132, None),
    "mknod": (133, None),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utimes": (235, None),
    "mkdirat": (258, 34),
    "mknodat": (259, 33),
    "fchownat": (260, 54),
    "futimesat": (261, None),
    "unlinkat": (263, 35),
    "renameat": (264, 38),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "fchmodat": (268, 53),
    "utimensat": (280, 88),
    "renameat2": (316, 276),
    "fchmodat2": (452, 452),
}
# Ways round the others, into other processes or into the kernel's less trodden parts.
_NEVER = {
    "shmget": (29, 194),
    "msgget": (68, 186),
    "ptrace": (101, 117),
    "pivot_root": (155, 41),
    "setrlimit": (160, 164),
    "chroot": (161, 51),
    "mount": (165, 40),
    "umount2": (166, 39),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "process_madvise": (440, 440),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_KILL, _TGKILL = (62, 129), (234, 131)
_EXECVE, _PRLIMIT = (59, 221), (302, 261)
_OPEN, _OPENAT, _OPENAT2 = (2, None), (257, 56), (437, 437)

_CLONE_THREAD = 0x00010000
_OPENED_FOR_WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _FAIL_WITH = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in the kernel's struct seccomp_data
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2


def deny(
    *,
    network: bool,
    processes: bool,
    writing: bool,
    threads: bool = False,
    program_at: int | None = None,
) -> bool:
    """Deny this process and its children what is named; return whether the kernel took it.

    `threads` may still be started where `processes` may not. `program_at` is the one address in
    memory of a program's path from which `execve` is allowed. `writing` means opening a file to
    write; files are never removed, renamed or given other rights.
    """
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in _AUDIT_ARCH or sys.maxsize < 2**32:
        return False
    which = 0 if machine == "x86_64" else 1
    program = _preamble(machine)
    refused = _NEVER | _PATHS
    if network:
        refused |= _NETWORK
    if writing:
        refused |= _WRITING
        program += _rules_of_opening(which)
    if processes:
        refused |= _PROCESSES
        program += _rules_of_processes(which, threads, program_at)
    program += _unless(_PRLIMIT[which], _fail_if_pointer(2))
    for numbers in refused.values():
        program += _unless(numbers[which], _fail(errno.EPERM))
    return _install(program + _allow())


def _preamble(machine: str) -> bytes:
    """Refuse every call made in another architecture's way: its numbers mean other things."""
    program = _load(_ARCHITECTURE) + _jump(_JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0)
    program += _fail(errno.EPERM) + _load(_NUMBER)
    if machine == "x86_64":
        program += _jump(_JUMP_AT_LEAST, _X32_CALLS, 0, 1) + _fail(errno.EPERM)
    return program


def _rules_of_opening(which: int) -> bytes:
    program = _unless(_OPENAT2[which], _fail(errno.ENOSYS))  # libraries then ask for openat
    for numbers, flags in ((_OPEN, 1), (_OPENAT, 2)):
        program += _unless(numbers[which], _fail_if_bits(flags, _OPENED_FOR_WRITING))
    return program


def _rules_of_processes(which: int, threads: bool, program_at: int | None) -> bytes:
    # The flags of clone3 lie in memory where no filter can look; libc then asks for clone.
    program = _unless(_CLONE3[which], _fail(errno.ENOSYS))
    clone = _fail_unless_bits(0, _CLONE_THREAD) if threads else _fail(errno.EPERM)
    program += _unless(_CLONE[which], clone)
    # A process may signal itself, as abort() does; its number stays the same after execve.
    for numbers in (_KILL, _TGKILL):
        program += _unless(numbers[which], _fail_unless_equal(0, os.getpid()))
    execve = _fail(errno.EPERM) if program_at is None else _fail_unless_equal(0, program_at)
    return program + _unless(_EXECVE[which], execve)


def _unless(number: int | None, rule: bytes) -> bytes:
    """Apply a rule, which decides, to one call; the number is loaded before and after."""
    if number is None:
        return b""
    return _jump(_JUMP_EQUAL, number, 0, len(rule) // 8) + rule


def _fail_if_bits(argument: int, bits: int) -> bytes:
    test = _load(_ARGUMENTS + 8 * argument) + _jump(_JUMP_ANY_BIT, bits, 0, 1)
    return test + _fail(errno.EPERM) + _allow()


def _fail_unless_bits(argument: int, bits: int) -> bytes:
    test = _load(_ARGUMENTS + 8 * argument) + _jump(_JUMP_ANY_BIT, bits, 1, 0)
    return test + _fail(errno.EPERM) + _allow()


def _fail_unless_equal(argument: int, value: int) -> bytes:
    low, high = value & 0xFFFFFFFF, value >> 32
    at = _ARGUMENTS + 8 * argument
    test = _load(at) + _jump(_JUMP_EQUAL, low, 0, 2)
    test += _load(at + 4) + _jump(_JUMP_EQUAL, high, 1, 0)
    return test + _fail(errno.EPERM) + _allow()


def _fail_if_pointer(argument: int) -> bytes:
    at = _ARGUMENTS + 8 * argument
    test = _load(at) + _jump(_JUMP_EQUAL, 0, 0, 2)
    test += _load(at + 4) + _jump(_JUMP_EQUAL, 0, 1, 0)
    return test + _fail(errno.EPERM) + _allow()


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, value=offset)


def _jump(code: int, value: int, if_true: int, if_false: int) -> bytes:
    return _instruction(code, if_true, if_false, value)


def _fail(error: int) -> bytes:
    return _instruction(_RETURN, value=_FAIL_WITH | error)


def _allow() -> bytes:
    return _instruction(_RETURN, value=_ALLOW)


def _instruction(code: int, if_true: int = 0, if_false: int = 0, value: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _install(instructions: bytes) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    program = _Program(len(instructions) // 8, instructions)
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
