"""Uploaded files by content hash, outside of the database: a stream → files/ab/abcd….

Written to a temporary file beside its place, flushed to the disk, then renamed: a file that is there is whole.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.office.records import StoreError

CHUNK = 1 << 20
TEMPORARY = ".part-"


@dataclass(frozen=True, slots=True)
class Kept:
    sha256: str
    size: int


@dataclass(frozen=True)
class Files:
    folder: Path

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def keep(self, chunks: Iterable[bytes], *, limit: int, name: str) -> Kept:
        """Store a stream; UsageError when it is empty or passes `limit` bytes, StoreError when the disk refuses."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=TEMPORARY, dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as out:
                    kept = _copy(chunks, out.write, limit, name)
                    out.flush()
                    os.fsync(out.fileno())
                self._place(Path(part), kept.sha256)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreError(_sentence(error, name)) from error
        return kept

    def keep_bytes(self, content: bytes, name: str) -> Kept:
        return self.keep([content], limit=len(content) + 1, name=name)

    def _place(self, part: Path, sha256: str) -> None:
        target = self.path(sha256)
        target.parent.mkdir(exist_ok=True)
        part.chmod(0o640)
        part.replace(target)
        for folder in (target.parent, self.folder):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def intact(self, sha256: str) -> bool:
        """Is the file there, and still what its name says?"""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def sweep(self) -> int:
        """Remove what a killed process left half-written; how many."""
        parts = list(self.folder.glob(f"{TEMPORARY}*"))
        for part in parts:
            with suppress(OSError):
                part.unlink()
        return len(parts)


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _copy(chunks: Iterable[bytes], write: object, limit: int, name: str) -> Kept:
    assert callable(write)
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise UsageError(f"{name}：超过单个文件 {limit >> 20} MB 的上限，没有保存。请拆分后再上传")
        digest.update(chunk)
        write(chunk)
    if size == 0:
        raise UsageError(f"{name}：文件是空的（0 字节），没有保存。请检查后重新上传")
    return Kept(digest.hexdigest(), size)


def _sentence(error: OSError, name: str) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{name}：磁盘空间不足，没有保存。请管理员清理磁盘后重新上传"
    return f"{name}：不能保存（{error.strerror or error}）。请管理员检查数据目录的权限"
