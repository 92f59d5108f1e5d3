"""What misbehaves in a worker process, for the pool tests; importable there."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import re
import time
from pathlib import Path

from reviewer import readers
from reviewer.batch import limits
from reviewer.batch.records import Job, Ready
from reviewer.domain import Versions
from reviewer.readers.heartbeat import beat, listening


def ready(job: Job | None = None) -> Ready:
    return Ready(Versions("", "", "", "", ""), os.getpid())


def never_ready() -> Ready:
    os._exit(3)


def double(number: int) -> int:
    return 2 * number


def process(_: int) -> int:
    return os.getpid()


def processes_at_each_step(path: str) -> list[int]:
    """How many processes this one had started whenever the reader of a file had got a step further."""
    seen: list[int] = []
    with listening(lambda: seen.append(len(multiprocessing.active_children()))):
        readers.read(Path(path))
    return seen


def fail(number: int) -> int:
    raise ValueError(f"{number} 不行")


def die(_: int) -> int:
    ctypes.string_at(0)  # as a parser in C does
    return 0


def die_once(_: int, marker: Path) -> int:
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return 1


def hang_in_c(_: int, seconds: float) -> int:
    """Holds the interpreter: no thread or signal handler of Python gets a turn."""
    with limits.time_limit(seconds):
        re.match(r"(a+)+$", "a" * 40 + "b")
    return 0


def long_but_alive(_: int, seconds: float) -> int:
    """A reader that tells of every step, as the recognition of scanned pages does."""
    with limits.time_limit(seconds):
        for _ in range(6):
            time.sleep(seconds / 2)
            beat()
    return 1


def hoard(_: int, megabytes: int) -> str:
    try:
        with limits.memory_limit(megabytes):
            return str(len(bytearray(10 * megabytes << 20)))
    except MemoryError:
        return "MemoryError"


def slowly(number: int) -> int:
    time.sleep(0.2)
    return number
