"""Folders and files, on this machine or at an address of fsspec (s3://, hdfs://, sftp://): listed, opened, written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from reviewer.batch.records import BatchError

_ADDRESS = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+(::|://)")


class Entry(NamedTuple):
    path: bytes  # as `open_file` takes it
    place: str  # relative to the folder, with /
    size: int
    stamp: str  # as long as it and the size are the same, the content is taken to be the same
    problem: str = ""  # why it cannot be opened


def is_address(path: str) -> bool:
    """Is it an address of fsspec rather than a path of this machine?"""
    return _ADDRESS.match(path) is not None


def open_file(path: bytes) -> IO[bytes]:
    """The file at a path or address, seekable."""
    name = os.fsdecode(path)
    if is_address(name):
        opened: IO[bytes] = _filesystem(name)[0].open(name, "rb")
        return opened
    return Path(name).open("rb")


def entries(folder: str, leave_out: Path | None) -> Iterator[Entry]:
    """Every file below a folder except in `leave_out`; links to folders are not followed."""
    yield from _remote(folder) if is_address(folder) else _local(Path(folder), leave_out)


def _local(folder: Path, leave_out: Path | None) -> Iterator[Entry]:
    if not folder.is_dir():
        raise BatchError(f"{folder}：找不到这个文件夹。请检查路径；审查单个文件请用 reviewer check。")
    skipped = leave_out.resolve() if leave_out else None
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        try:
            found = sorted(os.scandir(here), key=lambda e: readable(e.name), reverse=True)
        except PermissionError:
            why = f"{readable(here.name)}：没有权限打开这个文件夹。请管理员授权后再次运行。"
            yield Entry(os.fsencode(here), prefix.rstrip("/") or ".", 0, "", why)
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if skipped is None or Path(entry.path).resolve() != skipped:
                    waiting.append((Path(entry.path), f"{prefix}{readable(entry.name)}/"))
            elif entry.is_file():
                stat = entry.stat()
                yield Entry(os.fsencode(entry.path), prefix + readable(entry.name), stat.st_size, str(stat.st_mtime_ns))


def _remote(folder: str) -> Iterator[Entry]:
    filesystem, root = _filesystem(folder)
    try:
        found = filesystem.find(root, detail=True)
    except (OSError, ValueError) as error:
        raise BatchError(f"{folder}：无法列出其中的文件（{error}）。请检查地址和访问权限。") from error
    if not found and not filesystem.isdir(root):
        raise BatchError(f"{folder}：找不到这个文件夹，或其中没有文件。请检查地址。")
    for path in sorted(found):
        info: dict[str, Any] = found[path]
        place = path[len(root.rstrip("/")) :].lstrip("/")
        stamp = next((str(info[k]) for k in ("ETag", "etag", "mtime", "LastModified", "created") if info.get(k)), "")
        yield Entry(filesystem.unstrip_protocol(path).encode(), place, int(info.get("size") or 0), stamp)


def readable(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 are read as GB 18030, as Windows and old archives wrote them."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def upload(folder: Path, address: str) -> None:
    """Copy the finished files of a folder to an address, keeping their names; what works in secret stays here."""
    filesystem, root = _filesystem(address)
    try:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            place = path.relative_to(folder).as_posix()
            if not place.startswith("."):
                target = f"{root.rstrip('/')}/{place}"
                filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
                filesystem.put_file(str(path), target)
    except (OSError, ValueError) as error:
        kept = f"结果保存在 {folder}"
        raise BatchError(f"{address}：无法写入（{error}）。{kept}，请检查地址和权限后再次运行。") from error


def _filesystem(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise BatchError(f"{address} 是网络地址，需要可选组件：pip install 'reviewer[cluster]'") from None
    try:
        filesystem, root = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise BatchError(f"{address}：无法访问（{error}）。请检查地址，或安装这种存储的 fsspec 组件。") from error
    return filesystem, root
