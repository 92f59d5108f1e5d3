"""What one document may cost a worker: time, kept by a thread outside the interpreter, and address space."""

from __future__ import annotations

import faulthandler
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from reviewer.readers.heartbeat import listening

MEGABYTE = 1 << 20


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """The process ends when the work within goes on longer without a sign of life from a reader.

    The watch is kept in C: a parser or a regular expression that never lets go of the interpreter is ended all the
    same, which no signal handler or thread of Python could do.
    """
    with _nowhere() as log:

        def watch() -> None:
            faulthandler.dump_traceback_later(seconds, exit=True, file=log)  # begins anew at every call

        watch()
        try:
            with listening(watch):
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w")


@contextmanager
def memory_limit(megabytes: int) -> Iterator[None]:
    """The work within may take so much address space more than the process has; then MemoryError. Unix only."""
    if sys.platform == "win32":
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = _address_space() + megabytes * MEGABYTE
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def _address_space() -> int:
    """Bytes of address space in use; where the system does not tell, what a worker usually has."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 1 << 30
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak_memory() -> int:
    """The largest resident memory of this process so far, in bytes; 0 where the system does not tell."""
    try:  # getrusage would tell the parent's, which a spawned process begins with
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+)", status)
    return int(found[1]) * 1024 if found else 0
