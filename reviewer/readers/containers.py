"""Untrusted zip containers and XML: bytes → parts and trees, refusing what could harm the machine that reads them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from reviewer.errors import UnreadableFileError

if TYPE_CHECKING:
    from lxml import etree

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 1 << 30  # claimed by all entries together
MAX_XML_BYTES = 64 << 20  # one part that is parsed
MAX_RATIO = 200  # unpacked : packed, for an entry large enough to matter
RATIO_MATTERS_FROM = 8 << 20
_LEFT_BEHIND = re.compile(r"^(~\$|\.~|\._|\.)|^(thumbs\.db|desktop\.ini|__MACOSX)$", re.I)  # by programs, not people
_UTF8_NAMES = 0x800  # flag of an entry

Parts = Mapping[str, zipfile.ZipInfo]


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The archive, its directory checked before anything is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        raise UnreadableFileError(
            f"{name}：文件已损坏或没有传完整，无法打开。请重新获取原文件，或用 Word、WPS 打开后另存再试。"
        ) from error
    _refuse_bombs(archive.infolist(), name)
    return archive


def _refuse_bombs(entries: list[zipfile.ZipInfo], name: str) -> None:
    def refuse(why: str) -> UnreadableFileError:
        return UnreadableFileError(f"{name}：{why}，可能是恶意文件，已拒绝读取。请向送审单位核实，另存为新文件后再试。")

    if len(entries) > MAX_ENTRIES:
        raise refuse(f"文件内含 {len(entries)} 个部件，超过 {MAX_ENTRIES} 个的上限")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        raise refuse(f"文件解压后约 {total >> 20} MB，超过 {MAX_UNPACKED_BYTES >> 20} MB 的上限")
    for entry in entries:
        suspicious = entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        if suspicious:
            raise refuse(f"文件中 {entry.filename} 的压缩比超过 {MAX_RATIO} 倍")


def parts_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Entries by name: forward slashes, no leading slash, lower case (part names ignore case)."""
    return {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in archive.infolist()}


def entry_path(entry: zipfile.ZipInfo) -> str:
    """The name of an entry as a relative path: UTF-8 where said or where it reads as such, else GB 18030.

    What could lead out of the folder (.., drive letters) is dropped.
    """
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAMES:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = name.encode()
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    parts = re.sub(r"[\x00-\x1f]", "", name.replace("\\", "/")).split("/")
    return "/".join(p for p in parts if p not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", p)) or "无名文件"


def members(archive: zipfile.ZipFile) -> Iterator[tuple[int, zipfile.ZipInfo, str]]:
    """What people put into an archive: its place in the directory, the entry, and its path, the same for no two."""
    taken: set[str] = set()
    for index, entry in enumerate(archive.infolist()):
        inner = entry_path(entry)
        if entry.is_dir() or is_left_behind(inner):
            continue
        while inner in taken:
            inner = f"{inner} (2)"
        taken.add(inner)
        yield index, entry, inner


def is_left_behind(path: str) -> bool:
    """Does a relative path lead to what programs leave in folders: locks, thumbnails, hidden files?"""
    return any(_LEFT_BEHIND.search(part) for part in path.split("/"))


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The bytes of one part that is going to be parsed; never more than the directory claimed."""
    if entry.flag_bits & 0x1:
        raise UnreadableFileError(f"{name}：文件部件 {entry.filename} 已加密，无法读取。请解除密码后另存再试。")
    if entry.file_size > MAX_XML_BYTES:
        raise UnreadableFileError(
            f"{name}：文件部件 {entry.filename} 解压后 {entry.file_size >> 20} MB，"
            f"超过 {MAX_XML_BYTES >> 20} MB 的上限。请拆分成几个文件后再试。"
        )
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableFileError(
            f"{name}：文件部件 {entry.filename} 已损坏，无法读取。请用 Word、WPS 修复并另存后再试。"
        ) from error


def parse_xml(data: bytes, part: str, name: str) -> etree._Element:
    """The root of a part; a document type declaration (entities) is refused, nothing outside the part is loaded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error  # the file is not at fault
        raise UnreadableFileError(
            f"{name}：文件部件 {part} 不是完整的 XML，文件已损坏。请用 Word、WPS 修复并另存后再试。"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFileError(
            f"{name}：文件部件 {part} 含有文档类型声明（DOCTYPE），可能夹带外部实体，已拒绝读取。"
            "请用 Word、WPS 另存后再试。"
        )
    return root
