"""The process that reads: each file in a child of its own with limits, whatever becomes of the child.

It stays small and has one thread, so that a child costs a fork and not an interpreter. A request is a path and the
limits; the answer is one letter and its content: D a document, E a sentence, X how the child ended without either.
"""

from __future__ import annotations

import gc
import os
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

ALIVE, DOCUMENT, SENTENCE, ENDED = b"A", b"D", b"E", b"X"
TIMEOUT, MEMORY, OUTPUT, CRASH = "timeout", "memory", "output", "crash"
HEADER = struct.Struct("<cQ")
REQUEST = struct.Struct("<dQQ?Q")
MEMORY_CODE = 97
CPU_SECONDS = 7200  # for a child that nobody keeps the time of any more
FILE_BYTES = 2 << 30


class Limits(NamedTuple):
    """Of one file: seconds without a sign of life, megabytes of address space, bytes of the answer."""

    seconds: float = 60.0
    megabytes: int = 3072
    output: int = 256 << 20


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answers until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the other side, which then closes the pipe
    warm = drawn = False
    while (request := _request(requests)) is not None:
        path, limits, original = request
        # without fork the file is read right here: the other side keeps the time and starts this process anew
        forks = hasattr(os, "fork")
        kind, content = _isolated(path, limits, requests, original) if forks else _read(path, original)
        try:
            answers.write(HEADER.pack(kind, len(content)) + content)
            answers.flush()
        except (BrokenPipeError, OSError):
            return
        if not warm:  # only now: who reads one file need not pay for the next
            warm = True
            _warm()
        if not drawn and path.suffix.lower() in (".pdf", ".ofd"):
            drawn = True
            _warm_drawn()


def _request(requests: IO[bytes]) -> tuple[Path, Limits, bool] | None:
    header = requests.read(REQUEST.size)
    if len(header) < REQUEST.size:
        return None
    seconds, megabytes, output, original, length = REQUEST.unpack(header)
    path = requests.read(length)
    if len(path) < length:
        return None
    return Path(os.fsdecode(path)), Limits(seconds, megabytes, output), original


def _warm() -> None:
    """What every child would have to load; a file of our own is read, nothing of any other."""
    import lxml.etree  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        path = Path(folder, "甲.txt")
        path.write_text("甲方：乙", encoding="gb18030")
        _read(path)
    gc.freeze()


def _warm_drawn() -> None:
    """What pages with tables need, once there was a file of that kind."""
    from reviewer.readers.pdf import load_libraries

    load_libraries()
    gc.freeze()


def _read(path: Path, original: bool = False) -> tuple[bytes, bytes]:
    from reviewer import readers
    from reviewer.errors import UnreadableFileError
    from reviewer.isolation import wire

    try:
        return DOCUMENT, wire.encoded(readers.read(path, original=original))
    except UnreadableFileError as error:
        return SENTENCE, str(error).encode("utf-8", "surrogateescape")


# ---------------------------------------------------------------- a child for every file


def _isolated(path: Path, limits: Limits, requests: IO[bytes], original: bool) -> tuple[bytes, bytes]:
    folder = tempfile.mkdtemp(prefix="reviewer-")
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        _be_child(path, limits, into, folder, original)
    os.close(into)
    try:
        answer, why = _awaited(out, limits, requests.fileno())
        if why:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
                os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if answer is not None:
            return answer
        return ENDED, "\n".join((why or _ending(status), _last_line(folder))).encode("utf-8", "replace")
    finally:
        os.close(out)
        shutil.rmtree(folder, ignore_errors=True)


def _be_child(path: Path, limits: Limits, into: int, folder: str, original: bool) -> None:
    """Reads the file under its limits and ends; an error that no reader expects ends in the log."""
    status = 1
    try:
        os.setpgid(0, 0)
        log = os.open(Path(folder, "log"), os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(log, 2)
        tempfile.tempdir = folder
        set_limits(limits)
        from reviewer.readers.heartbeat import listening  # loaded already

        def beat() -> None:
            os.write(into, HEADER.pack(ALIVE, 0))

        with listening(beat):
            kind, content = _read(path, original)
        with os.fdopen(into, "wb", closefd=False) as answers:
            answers.write(HEADER.pack(kind, len(content)) + content)
        status = 0
    except MemoryError:
        status = MEMORY_CODE
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def set_limits(limits: Limits) -> None:
    """Of this process from now on; the time is kept by who started it."""
    import resource

    for what, amount in (
        (resource.RLIMIT_AS, limits.megabytes << 20),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _awaited(out: int, limits: Limits, requests: int) -> tuple[tuple[bytes, bytes] | None, str]:
    """The answer of the child, or why it has to be ended; neither where it ended by itself."""
    data = bytearray()
    deadline = time.monotonic() + limits.seconds
    watched = [out, requests]
    while True:
        ready, _, _ = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None, TIMEOUT
        if requests in ready:
            if not _is_open(requests):
                return None, CRASH  # nobody waits for the answer any more
            watched = [out]  # the next request waits its turn
        if out not in ready:
            continue
        chunk = os.read(out, 1 << 20)
        if not chunk:
            return None, ""
        data += chunk
        while data[:1] == ALIVE and len(data) >= HEADER.size:
            del data[: HEADER.size]
            deadline = time.monotonic() + limits.seconds
        if len(data) >= HEADER.size:
            kind, length = HEADER.unpack_from(data)
            if length > limits.output:
                return None, OUTPUT
            if len(data) >= HEADER.size + length:
                return (kind, bytes(data[HEADER.size : HEADER.size + length])), ""


def _is_open(requests: int) -> bool:
    """Whether the other end of the pipe is there: poll tells without taking anything out of it."""
    poll = select.poll()
    poll.register(requests, select.POLLIN)
    return any(event & select.POLLIN for _, event in poll.poll(0))


def _ending(status: int) -> str:
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == MEMORY_CODE:
        return MEMORY
    return CRASH


def _last_line(folder: str) -> str:
    """What the child said last: the kind of the error."""
    try:
        lines = Path(folder, "log").read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].partition(":")[0][:80] if lines else ""


def main() -> None:
    """`python -m reviewer.isolation`: requests on standard input, answers on what was standard output."""
    run(os.dup(0), os.dup(1))


def run(requests: int, answers: int) -> None:
    """Serve on file descriptors; standard input and output are not for us."""
    silent = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(silent, standard)
    with os.fdopen(requests, "rb") as reading, os.fdopen(answers, "wb") as writing:
        serve(reading, writing)
