"""File → Document: looks at the content, not the suffix, and hands over to the format that recognises it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.readers.unsupported import LFS_POINTER, OLE, explain

__all__ = ["Format", "formats", "read", "sniff"]

MAX_FILE_BYTES = 300 << 20
HEAD_BYTES = 1 << 16


class Format(Protocol):
    """What each format module of this folder offers.

    `recognises(head, name)` sees what `sniff` returns and decides by content; `read` raises UnreadableFileError.
    Formats with tracked changes say TRACKS_CHANGES, and their `read` takes `original`: the text as it was before them.
    """

    SUFFIXES: tuple[str, ...]
    FORMAT: str
    recognises: Callable[[bytes, str], bool]
    read: Callable[..., Document]


@cache
def formats() -> tuple[Format, ...]:
    """The format modules of this folder in order of their names; other modules here lack `recognises`."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(cast(Format, module) for module in modules if hasattr(module, "recognises"))


def read(path: Path, *, original: bool = False) -> Document:
    """What is written in a file and exactly where, with `original` as it was before its tracked changes.

    Raises UnreadableFileError with a sentence for the user.
    """
    path = Path(path)
    head = sniff(path)
    if head.startswith(LFS_POINTER):
        raise UnreadableFileError(
            f"{path.name}：这是 Git LFS 指针，不是文件本身。请用 git lfs pull 取得原文件，或向送审单位索取原件。"
        )
    known = formats()
    for module in known:
        if module.recognises(head, path.name):
            try:
                asked = {"original": True} if original and getattr(module, "TRACKS_CHANGES", False) else {}
                return _with_suffix_warning(module.read(path, **asked), module, known)
            except OSError as error:
                raise _unopened(path, error) from error
    raise UnreadableFileError(explain(head, path.name, tuple(s for module in known for s in module.SUFFIXES)))


def sniff(path: Path) -> bytes:
    """The first 64 KiB; the entry names follow for a zip, the whole directory for an OLE2 compound file."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UnreadableFileError(f"{path.name}：这是文件夹。请指定其中的文件，或使用批量审查。")
        if size == 0:
            raise UnreadableFileError(f"{path.name}：文件是空的（0 字节）。请确认上传完整，重新提交。")
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES >> 20
            raise UnreadableFileError(f"{path.name}：文件有 {size >> 20} MB，超过 {limit} MB 的上限。请拆分后再试。")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if head.startswith(OLE):
                return head + file.read()
            return head + _entry_names(file) if head.startswith(b"PK") else head
    except OSError as error:
        raise _unopened(path, error) from error


def _entry_names(file: io.BufferedReader) -> bytes:
    """Names in the directory of a zip, one a line; nothing where the directory is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "\n".join(["", *archive.namelist()]).encode(errors="replace")
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return b""


def _unopened(path: Path, error: OSError) -> UnreadableFileError:
    if isinstance(error, FileNotFoundError):
        return UnreadableFileError(f"{path}：找不到这个文件。请检查文件名和所在文件夹。")
    if isinstance(error, PermissionError):
        return UnreadableFileError(f"{path}：没有读取权限。请关闭正在使用它的程序，或请管理员授权。")
    return UnreadableFileError(f"{path}：无法读取（{error.strerror or error}）。请检查磁盘或重新复制文件。")


def _with_suffix_warning(document: Document, module: Format, known: tuple[Format, ...]) -> Document:
    """The document, with a sentence when its suffix promises another format that we read."""
    suffix = Path(document.name).suffix.lower()
    if suffix in module.SUFFIXES or not any(suffix in other.SUFFIXES for other in known):
        return document
    said = f"扩展名是 {suffix}，内容实际是 {module.FORMAT} 格式，已按内容读取"
    return replace(document, warnings=(*document.warnings, said))
