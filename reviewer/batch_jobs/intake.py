"""Uploaded files, or a folder of the server → what a job reviews; names, sizes and places are checked here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from reviewer.batch.walk import sources
from reviewer.errors import UsageError
from reviewer.office.desk import Office
from reviewer.office.files import Files
from reviewer.office.records import StoreError

Upload = tuple[str, Iterable[bytes]]  # name and content

MOST_FILES = 1000
LONGEST_NAME = 200  # bytes; file systems take 255
SHOWN_PROBLEMS = 5
_NOT_A_NAME = re.compile(r"[/\\\x00-\x1f\x7f]|^\.|^~\$|[. ]$")
_NOT_A_FOLDER = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')


def keep_uploads(office: Office, uploads: Iterable[Upload], folder: Path) -> int:
    """Stream files into a fresh folder; how many documents are in them. UsageError for what cannot be taken."""
    each, whole = office.settings.upload_megabytes << 20, office.settings.batch_megabytes << 20
    passing = Files(folder.parent.parent / "incoming")
    size, taken = 0, set[str]()
    try:
        folder.mkdir(parents=True)
        for name, chunks in uploads:
            name = _free(checked_name(name), taken)
            kept = passing.keep(chunks, limit=each, name=name)
            passing.path(kept.sha256).replace(folder / name)
            size += kept.size
            if size > whole:
                limit = f"{office.settings.batch_megabytes} MB"
                raise UsageError(f"文件合计超过 {limit} 的上限，没有保存。请分几次上传，或请管理员用服务器上的文件夹")
    except OSError as error:
        raise StoreError(f"文件不能保存（{error.strerror or error}）。请管理员检查数据目录的权限和磁盘空间") from error
    finally:
        _remove_empty(passing.folder)
    if not taken:
        raise UsageError("请选择要评分的文件")
    return _documents(folder)


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else ():
        with suppress(OSError):
            path.rmdir()
    with suppress(OSError):
        folder.rmdir()


def checked_name(name: str) -> str:
    """The name of an uploaded file as it is; UsageError for anything that is not simply a name."""
    if not name or _NOT_A_NAME.search(name):
        why = "不能为空，不能含有 / 或 \\，不能以点开头或结尾"
        raise UsageError(f"文件名“{name[:80]}”不能使用：{why}。请改名后再上传")
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"文件名“{name[:40]}…”过长或含有不能显示的字符。请改名后再上传")
    return name


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered where one of the same files has it already."""
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    candidate, n = name, 1
    while candidate.casefold() in taken:
        n += 1
        candidate = f"{stem} ({n}){dot}{suffix}"
    if len(taken) >= MOST_FILES:
        raise UsageError(f"一次最多上传 {MOST_FILES} 个文件。请打成 .zip 再上传")
    taken.add(candidate.casefold())
    return candidate


def _documents(folder: Path) -> int:
    """How many documents there are; UsageError with the reasons when none of them can be opened."""
    readable, problems = 0, []
    for _, problem in sources(os.fspath(folder)):
        if problem:
            problems.append(problem)
        else:
            readable += 1
    if readable:
        return readable + len(problems)
    said = "".join(islice(problems, SHOWN_PROBLEMS)) or "压缩包是空的，或者里面没有文件。请检查后再上传"
    raise UsageError(said)


def folder_name(name: str) -> str:
    """The name of a job as the name of a folder, which the reports show as what was reviewed."""
    return _NOT_A_FOLDER.sub("_", name).strip(" .") or "批量评分"


def server_folders(office: Office) -> tuple[str, ...]:
    """The folders right below the configured one, for choosing; empty where none is configured."""
    if not office.settings.batch_folder:
        return ()
    root = _root(office)
    try:
        return tuple(sorted(e.name for e in os.scandir(root) if e.is_dir(follow_symlinks=False) and e.name[0] != "."))
    except OSError as error:
        said = f"打不开批量评分的文件夹（{error.strerror}）。请检查 office.toml 的 batch_folder 和权限"
        raise UsageError(said) from None


def server_folder(office: Office, relative: str) -> Path:
    """The folder of the server that a relative path names; UsageError when it leads out of the configured one."""
    root, data = _root(office), office.folder.resolve()
    if "\x00" in relative or Path(relative).is_absolute() or ".." in Path(relative.replace("\\", "/")).parts:
        raise UsageError(f"文件夹“{relative[:80]!r}”不能使用，请写相对路径，如 2025年/合同")
    try:
        target = (root / relative).resolve()
        if not target.is_relative_to(root):
            raise UsageError(f"文件夹“{relative}”在允许的目录之外，不能审查")
        if target.is_relative_to(data) or data.is_relative_to(target):
            raise UsageError(f"文件夹“{relative or '.'}”包含或属于本系统的数据目录，不能审查。请选择其他文件夹")
        if not target.is_dir():
            raise UsageError(f"没有文件夹“{relative}”，请检查路径")
    except OSError as error:
        raise UsageError(f"文件夹“{relative[:80]}”打不开（{error.strerror}）。请检查路径和权限") from None
    return target


def _root(office: Office) -> Path:
    if not office.settings.batch_folder:
        raise UsageError("没有设置可以批量评分的服务器文件夹。请在 office.toml 里写 batch_folder，重启后使用")
    root = Path(office.settings.batch_folder).resolve()
    if not root.is_dir():
        raise UsageError("office.toml 里 batch_folder 所指的文件夹不存在。请检查路径，重启后使用")
    return root


def links_out(folder: Path) -> Iterator[str]:
    """Links to files outside of a folder, which must not be read with it."""
    whole = folder.resolve()
    for here, _, names in os.walk(whole):
        for name in names:
            path = Path(here) / name
            if path.is_symlink() and not path.resolve().is_relative_to(whole):
                yield path.relative_to(whole).as_posix()
