"""A folder or .zip → its files on disk, each with its name in the package; nothing is written outside one folder."""

from __future__ import annotations

import errno
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from reviewer.errors import UnreadableFileError
from reviewer.readers.containers import is_left_behind, members, open_archive

MAX_FILES = 200
MAX_ARCHIVE_BYTES = 300 << 20
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")
_DOCUMENTS = ("[Content_Types].xml", "OFD.xml", "mimetype", "word/document.xml")  # zips that are one document
_WORD = (".docx", ".docm", ".dotx", ".dotm", ".ofd", ".odt", ".ott", ".wps")


_Found = TypeVar("_Found")


class Packed(NamedTuple):
    """A file of the package by the name it has there; no path where it cannot be looked at, and why."""

    name: str
    path: Path | None
    problem: str = ""


def is_package(path: Path) -> bool:
    """Whether it is a folder, or a .zip of files that is not itself one document."""
    if path.is_dir():
        return True
    if path.suffix.lower() in _WORD:
        return False
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                return False
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return path.suffix.lower() == ".zip" and path.is_file()
    return not names.intersection(_DOCUMENTS)


@contextmanager
def opened(path: Path) -> Iterator[list[Packed]]:
    """The files of a package, in the order of their names; those of a .zip exist as long as the context."""
    if path.is_dir():
        yield sorted(_few(_folder(path), path.name))
        return
    with tempfile.TemporaryDirectory(prefix="reviewer-package-") as folder:
        yield sorted(_archive(path, Path(folder)))


def _few(found: Iterator[_Found], name: str) -> list[_Found]:
    """All of them, where one submission can have so many; a larger folder is not walked to its end."""
    few = list(islice(found, MAX_FILES + 1))
    if not few:
        raise UnreadableFileError(f"{name}：里面没有文件。请确认送审材料已经放入。")
    if len(few) > MAX_FILES:
        raise UnreadableFileError(
            f"{name}：文件超过一次送审 {MAX_FILES} 个的上限。请分开送审，或用 reviewer batch 批量审查。"
        )
    return few


def _folder(path: Path) -> Iterator[Packed]:
    for found in path.rglob("*"):
        inner = found.relative_to(path).as_posix()
        if is_left_behind(inner) or found.is_symlink() or not found.is_file():
            continue
        problem = _unopened(inner)
        yield Packed(inner, None if problem else found, problem)


def _archive(path: Path, folder: Path) -> Iterator[Packed]:
    if path.stat().st_size > MAX_ARCHIVE_BYTES:
        raise UnreadableFileError(f"{path.name}：压缩包超过 {MAX_ARCHIVE_BYTES >> 20} MB 的上限。请拆分后再试。")
    with open_archive(path.read_bytes(), path.name) as archive:
        for number, entry, inner in _few(members(archive), path.name):  # counted before anything is unpacked
            target = folder / str(number) / PurePosixPath(inner).name
            problem = _unopened(inner) or _unpack(archive, entry, target)
            yield Packed(inner, None if problem else target, problem)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    """Why it could not be written to `target`; empty where it was. Never more bytes than the directory claimed."""
    if entry.flag_bits & 0x1:
        return "压缩包内的文件已加密，请解密后重新打包"
    target.parent.mkdir()
    try:
        with archive.open(entry) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # not the file's fault
            raise UnreadableFileError(f"{entry.filename}：磁盘空间不足，没有解压完。请清理磁盘后再试。") from error
        return "文件在压缩包中已损坏，请重新打包"
    return ""


def _unopened(inner: str) -> str:
    return "包中的压缩包没有打开，请解压后重新打包" if inner.lower().endswith(_ARCHIVES) else ""
