"""File → Document in another process: a file that breaks, hangs or bloats its reader costs a sentence, no more.

    with isolation.start() as reader:
        document = reader.read(path)

The reading process is started once and stays warm; each file is read in a fresh child of it (where the system can
fork). `read` raises UnreadableFileError for files at fault, as `readers.read` does.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.isolation import server
from reviewer.isolation.server import Limits

__all__ = ["Limits", "Reader", "start"]

_GIVE_UP = "请用 Word、WPS 或阅读器打开后另存为新文件再试；仍不行请联系管理员，并保留原文件。"


@dataclass
class Reader:
    """A reading process. Several threads may call `read`; they take turns."""

    limits: Limits
    _requests: IO[bytes] | None = None
    _answers: IO[bytes] | None = None
    _pid: int = 0  # of a forked process
    _process: subprocess.Popen[bytes] | None = None
    _begun: tuple[Path, bool] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def begin(self, path: Path, *, original: bool = False) -> None:
        """Let the reading process start on a file whose `read` comes next, while this one does something else."""
        with self._turn:
            if self._begun is None:
                with suppress(OSError):  # read will find out
                    self._ask(path, original)
                    self._begun = path, original

    def read(self, path: Path, *, original: bool = False) -> Document:
        """What is written in a file and exactly where, `original`: before its tracked changes.

        Raises UnreadableFileError with a sentence for the user.
        """
        path = Path(path)
        with self._turn:
            kind, content = self._read(path, original)
        if kind == server.DOCUMENT:
            return _document(content, path)
        if kind == server.SENTENCE:
            raise UnreadableFileError(content.decode("utf-8", "surrogateescape"))
        raise UnreadableFileError(f"{path.name}：{_ended(content.decode('utf-8', 'replace'), self.limits)}")

    def close(self) -> None:
        """End the reading process; a later `read` would start another."""
        with self._turn:
            self._end()

    def _read(self, path: Path, original: bool) -> tuple[bytes, bytes]:
        """The answer; a process that is gone is started anew, once: where the system cannot fork a file may end it."""
        asked = self._begun == (path, original)
        if self._begun is not None and not asked:  # its answer would be taken for that of the other
            self._end()
        self._begun = None
        for _ in range(2):
            try:
                if not asked:
                    self._ask(path, original)
                return self._answer()
            except OSError:
                self._end()
                asked = False
        return server.ENDED, server.CRASH.encode()

    def _ask(self, path: Path, original: bool) -> None:
        if self._requests is None:
            self._spawn()
        assert self._requests is not None
        name = os.fsencode(path)
        limits = self.limits
        header = server.REQUEST.pack(limits.seconds, limits.megabytes, limits.output, original, len(name))
        self._requests.write(header + name)
        self._requests.flush()

    def _answer(self) -> tuple[bytes, bytes]:
        assert self._answers is not None
        watch = threading.Timer(self.limits.seconds, self._kill) if not hasattr(os, "fork") else None
        if watch:
            watch.start()
        try:
            header = self._answers.read(server.HEADER.size)
            if len(header) < server.HEADER.size:
                raise BrokenPipeError
            kind, length = server.HEADER.unpack(header)
            content = self._answers.read(length)
            if len(content) < length:
                raise BrokenPipeError
            return kind, content
        finally:
            if watch:
                watch.cancel()

    def _spawn(self) -> None:
        """A fresh interpreter: safe whatever threads this process has."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._requests, self._answers = self._process.stdin, self._process.stdout
        atexit.register(self.close)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        elif self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def _end(self) -> None:
        """Closing the pipes lets the process end by itself, and with it a child at work."""
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        if self._process is not None:
            atexit.unregister(self.close)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._pid:
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
        self._requests = self._answers = self._process = None
        self._pid, self._begun = 0, None


def start(limits: Limits | None = None) -> Reader:
    """A reader whose process is a fork of this one where that is safe (one thread), else begins at the first file.

    Call it before the heavy imports: what this process holds, the forked one holds too.
    """
    limits = limits or Limits()
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return Reader(limits)
    from reviewer import readers  # noqa: F401 - what both sides need is loaded once, before they part
    from reviewer.isolation import wire  # noqa: F401

    theirs, ours = os.pipe()
    mine, yours = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ours)
            os.close(mine)
            server.run(theirs, yours)
        finally:
            os._exit(0)
    os.close(theirs)
    os.close(yours)
    return Reader(limits, os.fdopen(ours, "wb"), os.fdopen(mine, "rb"), pid)


def _document(content: bytes, path: Path) -> Document:
    from reviewer.isolation import wire

    try:
        return wire.decoded(content)
    except ValueError as error:
        raise UnreadableFileError(f"{path.name}：读取的结果不完整，文件可能已损坏。{_GIVE_UP}") from error


def _ended(said: str, limits: Limits) -> str:
    """Why a child gave no answer, for people."""
    why, _, error = said.partition("\n")
    if why == server.TIMEOUT:
        return f"读取超过 {limits.seconds:g} 秒没有进展，已停止，文件可能已损坏或过于复杂。{_GIVE_UP}"
    if why == server.MEMORY or error.strip() in ("MemoryError", "std::bad_alloc"):
        return f"读取所需内存超过 {limits.megabytes} MB，已停止，文件可能已损坏或过大。请拆分后再试。"
    if why == server.OUTPUT:
        return f"读出的内容超过 {limits.output >> 20} MB 的上限，已停止。请拆分后再试。"
    detail = f"（{error.strip()}）" if error.strip() else ""
    return f"读取时程序意外中止{detail}，文件可能已损坏。{_GIVE_UP}"
