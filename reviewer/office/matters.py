"""A matter with its files: create, upload, declare what is missing, view, download; each with its log entry.

Moving it on is in `moving`; who may is asked of `roles`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import audit, roles, rows, workflow
from reviewer.office.desk import Office
from reviewer.office.lines import Material, OfficeLine
from reviewer.office.records import (
    Matter,
    Procedure,
    ReviewSummary,
    Role,
    State,
    Step,
    Stop,
    StoredFile,
    User,
)
from reviewer.office.store import Reading, now
from reviewer.office.workflow import STATES, Move

TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class NewMatter:
    title: str
    line: Line
    unit_id: int
    procedure: Procedure = Procedure.ORDINARY
    stage: str = ""


@dataclass(frozen=True)
class MatterView:
    """A matter with everything its page shows."""

    matter: Matter
    line: OfficeLine
    files: tuple[StoredFile, ...]
    declared: dict[str, str]
    history: tuple[Step, ...]
    stops: tuple[Stop, ...]
    reviews: tuple[ReviewSummary, ...]
    missing: tuple[Material, ...]  # required, neither uploaded nor declared
    moves: tuple[Move, ...] = field(default=())  # that this person may make now


def create(office: Office, actor: User, new: NewMatter) -> Matter:
    """A draft that only its own unit (or the officer who registers it) sees."""
    roles.require(actor, "create")
    title = cleaned(new.title, TITLE_LENGTH, "事项名称")
    if not title:
        raise UsageError("请填写事项名称")
    if not actor.has(Role.HANDLER) and new.unit_id != actor.unit_id:
        raise UsageError("只能以本单位的名义送审")
    line = office.lines[new.line]
    if new.stage and new.stage not in [s.name for s in line.stages]:
        raise UsageError(f"没有“{new.stage}”这个阶段")
    with office.store.writing() as db:
        if not db.value("SELECT active FROM units WHERE id = ?", [new.unit_id]):
            raise UsageError("送审单位不存在或已停用，请联系管理员")
        moment = now()
        matter_id = db.insert("matters", {
            "title": title, "line": new.line.value, "unit_id": new.unit_id, "applicant_id": actor.id,
            "state": State.DRAFT.value, "procedure": new.procedure.value, "stage": new.stage, "created_at": moment,
            "updated_at": moment, "updated_by": actor.name,
        })  # fmt: skip
        matter = rows.get_matter(db, matter_id)
        audit.record(db, actor.account, "登记事项", matter.display_number, line=new.line.value)
        return matter


def upload(office: Office, actor: User, matter_id: int, material: str, name: str, chunks: Iterable[bytes]) -> int:
    """Keep a file, then enter it; the id of the entry. The text of the matter is queued for the machine review."""
    with office.store.reading() as reading:
        matter = rows.get_matter(reading, matter_id)
    _may_upload(office, actor, matter, material)
    safe = file_name(name)
    kept = office.files.keep(chunks, limit=office.settings.upload_megabytes << 20, name=safe)
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        _may_upload(office, actor, matter, material)
        version = db.value("SELECT coalesce(max(version), 0) + 1 FROM files WHERE matter_id = ? AND material = ?",
                           [matter_id, material])  # fmt: skip
        file_id = db.insert("files", {
            "matter_id": matter_id, "material": material, "name": safe, "sha256": kept.sha256, "size": kept.size,
            "version": version, "uploaded_by": actor.name, "uploaded_at": now(),
        })  # fmt: skip
        db.run("DELETE FROM declared_missing WHERE matter_id = ? AND material = ?", [matter_id, material])
        found = office.lines[matter.line].material(material)
        if found is not None and found.reviewed:
            db.insert("reviews", {"matter_id": matter_id, "file_id": file_id, "status": "queued"})
        audit.record(db, actor.account, "上传文件", matter.display_number, material=material, sha256=kept.sha256,
                     size=kept.size, version=version)  # fmt: skip
        return file_id


def _may_upload(office: Office, actor: User, matter: Matter, material: str) -> None:
    roles.require_on(actor, "upload", matter)
    if STATES[matter.state].closed:
        raise UsageError(f"事项{STATES[matter.state].name}，不能再上传文件")
    if office.lines[matter.line].material(material) is None:
        known = "、".join(m.name for m in office.lines[matter.line].materials)
        raise UsageError(f"本条线没有这种材料，可用：{known}")


def declare_missing(office: Office, actor: User, matter_id: int, material: str, reason: str) -> None:
    """Say why a required material cannot be given now (暂缺说明); an empty reason takes it back."""
    reason = cleaned(reason, 500, "暂缺说明")
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        _may_upload(office, actor, matter, material)
        db.run("DELETE FROM declared_missing WHERE matter_id = ? AND material = ?", [matter_id, material])
        if reason:
            db.insert("declared_missing", {"matter_id": matter_id, "material": material, "reason": reason})
        audit.record(db, actor.account, "暂缺说明", matter.display_number, material=material, given=bool(reason))


def view(office: Office, actor: User, matter_id: int) -> MatterView:
    """Everything of a matter that the person may see; ForbiddenError otherwise."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        line = office.lines[matter.line]
        files, declared = rows.files(db, matter_id), declared_missing(db, matter_id)
        return MatterView(
            matter, line, files, declared, rows.steps(db, matter_id), rows.stops(db, matter_id),
            rows.reviews(db, matter_id), missing_materials(line, files, declared), moves_for(office, actor, matter),
        )  # fmt: skip


def missing_materials(
    line: OfficeLine, files: tuple[StoredFile, ...], declared: dict[str, str]
) -> tuple[Material, ...]:
    there = {f.material for f in files} | set(declared)
    return tuple(m for m in line.materials if m.required and m.key not in there)


def moves_for(office: Office, actor: User, matter: Matter) -> tuple[Move, ...]:
    """The moves that both the table and the person's roles allow now."""
    route = office.lines[matter.line].route
    return tuple(m for m in workflow.moves_from(matter, route) if roles.may_on(actor, f"move:{m.key}", matter))


def file_for_download(office: Office, actor: User, file_id: int) -> StoredFile:
    """The entry of a file the person may download; the download is logged."""
    with office.store.writing() as db:
        row = db.one("SELECT * FROM files WHERE id = ?", [file_id])
        if row is None:
            raise UsageError("没有这个文件，或者它不属于您的单位")
        stored = rows.stored_file(row)
        matter = rows.get_matter(db, stored.matter_id)
        roles.require_on(actor, "download", matter)
        audit.record(db, actor.account, "下载文件", matter.display_number, file=file_id, sha256=stored.sha256)
        return stored


def declared_missing(db: Reading, matter_id: int) -> dict[str, str]:
    found = db.rows("SELECT material, reason FROM declared_missing WHERE matter_id = ?", [matter_id])
    return {r["material"]: r["reason"] for r in found}


def file_name(name: str) -> str:
    """A file name without folders and control characters, short enough for every file system."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*').strip().lstrip(".") or "未命名"
    stem, dot, suffix = base.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = base, ""
    while len(stem.encode()) > 200:
        stem = stem[:-1]
    return f"{stem}.{suffix}" if suffix else stem


def cleaned(text: str, limit: int, what: str) -> str:
    """What a person typed, without control characters and outer spaces."""
    kept = "".join(c for c in text if c.isprintable() or c == "\n").strip()
    if len(kept) > limit:
        raise UsageError(f"{what}不能超过 {limit} 个字，现在有 {len(kept)} 个字")
    return kept


def guess_material(materials: tuple[Material, ...], name: str) -> str:
    """The material whose name shares the most pairs of characters with a file's name; the text when none does."""
    stem = name.rsplit(".", 1)[0]
    pairs = {stem[i : i + 2] for i in range(len(stem) - 1)}

    def likeness(material: Material) -> int:
        own = f"{material.name} {material.hint}"
        return sum(own[i : i + 2] in pairs for i in range(len(own) - 1))

    best = max(materials, key=likeness)
    return best.key if likeness(best) else next(m.key for m in materials if m.reviewed)
