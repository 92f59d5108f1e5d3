"""The data folder → one .zip and back, while the office goes on working; checked after writing and before restoring.

The database is copied with SQLite's online backup first; files are content-addressed and never deleted, so all that the
copy names are there. The manifest lists every file with its hash and the head of the log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer import __version__
from reviewer.errors import UsageError
from reviewer.office import audit
from reviewer.office.desk import OWN_LEXICONS, Office
from reviewer.office.files import CHUNK
from reviewer.office.records import StoreError
from reviewer.office.settings import FILE
from reviewer.office.store import DATABASE, Reading
from reviewer.office.templates import OWN as OWN_TEMPLATES

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class BackupReport:
    path: Path
    matters: int
    files: int
    bytes: int
    log_entries: int
    log_head: str


def back_up(office: Office, folder: Path, *, actor: str = "系统") -> BackupReport:
    """Write 备份-<time>.zip into `folder`, check it, and log it; nothing is left there when it fails."""
    moment = dt.datetime.now()
    name = f"备份-{moment:%Y%m%d-%H%M%S}-{moment.microsecond // 1000:03d}.zip"
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as work:
            part = Path(work) / name
            _write(office, part, Path(work))
            report = check(part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)
    except OSError as error:
        raise StoreError(f"备份没有完成（{error.strerror or error}）。请检查 {folder} 的权限和磁盘空间") from error
    with office.store.writing() as db:
        audit.record(db, actor, "备份", name, files=report.files, head=report.log_head)
    return BackupReport(target, report.matters, report.files, report.bytes, report.log_entries, report.log_head)


def _write(office: Office, part: Path, work: Path) -> None:
    snapshot = work / DATABASE
    source, copy = sqlite3.connect(office.store.path, timeout=30), sqlite3.connect(snapshot)
    try:
        source.backup(copy)
        copy.execute("DELETE FROM sessions")  # nobody stays logged in through a restore
        copy.commit()
        copy.execute("PRAGMA journal_mode=DELETE")
        hashes = sorted(_named_files(copy))
    finally:
        source.close()
        copy.close()
    manifest: dict[str, Any] = {"format": 1, "reviewer": __version__, "files": {}}
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        manifest["files"][DATABASE] = _add(archive, snapshot, DATABASE)
        for sha256 in hashes:
            path = f"files/{sha256[:2]}/{sha256}"
            if _add(archive, office.files.path(sha256), path) != sha256:
                raise StoreError(f"文件 {sha256[:12]}… 的内容已损坏，备份没有完成。请从较早的备份中恢复这个文件")
            manifest["files"][path] = sha256
        own = [office.folder / FILE, *sorted((office.folder / OWN_LEXICONS).rglob("*.yaml")),
               *sorted((office.folder / OWN_TEMPLATES).glob("*.docx"))]  # fmt: skip
        for path_of in (p for p in own if p.is_file()):
            inside = path_of.relative_to(office.folder).as_posix()
            manifest["files"][inside] = _add(archive, path_of, inside)
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def _named_files(db: sqlite3.Connection) -> set[str]:
    """Uploads, reports of reviews, and issued papers (which a database of an earlier version does not know)."""
    named = "SELECT sha256 FROM files UNION SELECT report FROM reviews WHERE report <> ''"
    if db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'papers'").fetchone():
        named += " UNION SELECT sha256 FROM papers"
    return {r[0] for r in db.execute(named)}


def _add(archive: zipfile.ZipFile, path: Path, inside: str) -> str:
    """Copy a file in, in pieces; its hash as it was read."""
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(inside, "w", force_zip64=True) as out:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def check(path: Path) -> BackupReport:
    """Every file against its hash, the database's integrity, the chain of the log; StoreError for what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix=".check-") as work:
            manifest = json.loads(archive.read(MANIFEST))
            listed: dict[str, str] = manifest["files"]
            for inside, sha256 in listed.items():
                if _hash(archive, inside) != sha256:
                    raise StoreError(f"备份 {path.name} 中的 {inside} 已损坏，请使用其他备份")
            return _check_database(archive, Path(work), path, listed)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, EOFError) as error:
        raise StoreError(f"{path.name} 不是完整的备份文件（{error}），请使用其他备份") from None
    except FileNotFoundError:
        raise UsageError(f"找不到备份文件 {path}，请检查文件名") from None


def _hash(archive: zipfile.ZipFile, inside: str) -> str:
    digest = hashlib.sha256()
    with archive.open(inside) as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _check_database(archive: zipfile.ZipFile, work: Path, path: Path, listed: dict[str, str]) -> BackupReport:
    archive.extract(DATABASE, work)
    connection = sqlite3.connect(work / DATABASE)
    connection.row_factory = sqlite3.Row
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise StoreError(f"备份 {path.name} 中的数据库不完整，请使用其他备份")
        absent = [h for h in _named_files(connection) if f"files/{h[:2]}/{h}" not in listed]
        if absent:
            raise StoreError(f"备份 {path.name} 缺少 {len(absent)} 个文件，请使用其他备份")
        verdict = audit.verify(Reading(connection))
        if verdict.broken is not None:
            raise StoreError(f"备份 {path.name} 中的操作日志不完整：{verdict.reason}")
        matters = connection.execute("SELECT count(*) FROM matters").fetchone()[0]
    finally:
        connection.close()
    files = sum(name.startswith("files/") for name in listed)
    return BackupReport(path, matters, files, path.stat().st_size, verdict.entries, verdict.head)


def restore(path: Path, folder: Path, *, replace: bool = False) -> tuple[BackupReport, Path | None]:
    """Put a backup in the place of a data folder; what was there is kept beside it, and returned.

    The server must be stopped.
    """
    report = check(path)
    occupied = folder.exists() and any(folder.iterdir())
    if occupied and not replace:
        raise UsageError(f"{folder} 里已有数据。确认要恢复，请先停止服务，再加 --replace（原有数据会改名保留）")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with zipfile.ZipFile(path) as archive:
            for inside in json.loads(archive.read(MANIFEST))["files"]:
                _extract(archive, inside, work)
        aside = folder.with_name(f"{folder.name}-恢复前-{dt.datetime.now():%Y%m%d-%H%M%S}") if occupied else None
        if aside is not None:
            folder.replace(aside)
        elif folder.exists():
            folder.rmdir()
        work.chmod(0o750)
        work.replace(folder)
    except OSError as error:
        said = f"恢复没有完成（{error.strerror or error}），原有数据没有改动。请检查权限和磁盘空间"
        raise StoreError(said) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return report, aside


def _extract(archive: zipfile.ZipFile, inside: str, work: Path) -> None:
    target = (work / inside).resolve()
    if not target.is_relative_to(work.resolve()):
        raise StoreError(f"备份中的路径 {inside} 越出了数据目录，已停止恢复")
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(inside) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out, CHUNK)
        out.flush()
        os.fsync(out.fileno())
