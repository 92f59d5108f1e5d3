"""A folder → the documents in it, those in .zip archives too; nothing is opened but the directories of archives."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reviewer.batch import storage
from reviewer.batch.records import SEPARATOR, Source
from reviewer.batch.storage import Entry
from reviewer.readers.containers import is_left_behind, members

ARCHIVE = ".zip"
MAX_MEMBERS = 200_000
ENCRYPTED = 0x1  # flag of an entry
_WORDS = "[Content_Types].xml"


def sources(folder: str, leave_out: Path | None = None) -> Iterator[tuple[Source, str]]:
    """Every document with a reason why it cannot be opened (empty: none); `leave_out` is where results are written."""
    for entry in storage.entries(folder, leave_out):
        if is_left_behind(entry.place) and not entry.problem:
            continue
        if entry.problem or not entry.place.lower().endswith(ARCHIVE):
            yield _whole(entry), entry.problem
        else:
            yield from _members(entry)


def _whole(entry: Entry) -> Source:
    return Source(entry.place, entry.path, -1, entry.size, entry.stamp)


def _members(entry: Entry) -> Iterator[tuple[Source, str]]:
    """The documents of an archive; an archive that cannot be opened stands for itself."""
    name = PurePosixPath(entry.place).name
    try:
        with storage.open_file(entry.path) as file, zipfile.ZipFile(file) as archive:
            names, found = set(archive.namelist()), list(members(archive))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "文件已损坏或没有传完整"
        yield _whole(entry), f"{name}：压缩包无法打开（{why}）。请重新获取，或解压后再次运行。"
        return
    if _WORDS in names:  # a document that is called .zip
        yield _whole(entry), ""
        return
    if len(found) > MAX_MEMBERS:
        why = f"压缩包内有 {len(found)} 个文件，超过 {MAX_MEMBERS} 个的上限"
        yield _whole(entry), f"{name}：{why}。请解压后再次运行。"
        return
    for index, member, inner in found:
        place = f"{entry.place}{SEPARATOR}{inner}"
        source = Source(place, entry.path, index, member.file_size, f"{entry.stamp} {entry.size} {member.CRC:08x}")
        yield source, f"{inner}：压缩包内的文件已加密。请解密后再次运行。" if member.flag_bits & ENCRYPTED else ""


def folder_of(place: str) -> str:
    """The unit that a place belongs to: its first folder or archive; empty for files in the folder itself."""
    head, _, rest = place.replace(SEPARATOR, "/").partition("/")
    return head if rest else ""


def unpacked_path(place: str) -> PurePosixPath:
    """The place as a path that can be written below another folder."""
    return PurePosixPath(*(part.rstrip(" .") or "_" for part in place.replace(SEPARATOR, "/").split("/")))


def path_of(source: Source) -> Path:
    """The file of a source that is neither in an archive nor at an address."""
    return Path(os.fsdecode(source.path))
