"""Papers that leave the office: opinions (numbered without gaps, frozen once issued), adoption table, 督办单, 案卷目录.

What was issued is kept as the very bytes that were signed, by hash. When something changes later, a new opinion with a
new number says which one it replaces.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.errors import UsageError
from reviewer.office import audit, comment_rows, opinion_text, roles, rows, templates
from reviewer.office.adoption import AdoptionRow, adoption, given
from reviewer.office.desk import Office
from reviewer.office.matters import file_name
from reviewer.office.opinion_text import Facts, Section
from reviewer.office.records import ConflictError, Matter, State, StoreError, User
from reviewer.office.store import Reading, Row, Writing, now
from reviewer.office.supervision import get_supervision
from reviewer.office.wording import clean

PART_LENGTH = 8000
ISSUING = frozenset({State.ISSUED, State.FILED})
TITLE_LINE = 20  # characters of 22 pt on a line of A4
NO_NUMBER = "（未编号）"


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued opinion: `sha256` names its bytes."""

    id: int
    matter_id: int
    number: str
    on: dt.date
    conclusion: str
    sha256: str
    issued_by: str
    issued_at: str
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the opinion as the officer edits it; version 0: still the proposed words."""

    name: str
    text: str
    proposed: str
    version: int


def parts(office: Office, actor: User, matter_id: int) -> tuple[Part, ...]:
    """The sections with what a person wrote and what is proposed."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        roles.require(actor, "page:opinion")
        facts = _facts(office, db, matter)
        versions = {r["section"]: r["version"] for r in db.rows(
            "SELECT section, version FROM opinion_parts WHERE matter_id = ?", [matter_id])}  # fmt: skip
    return tuple(
        Part(name, facts.own.get(name, ""), "\n".join(b.text for b in opinion_text.proposed(facts, name)),
             versions.get(name, 0)) for name in facts.line.opinion_sections
    )  # fmt: skip


def write_part(office: Office, actor: User, matter_id: int, name: str, text: str, version: int) -> int:
    """Write a section in one's own words (empty: the proposed ones again); the new version."""
    cleaned = clean(text, PART_LENGTH, name)
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "draft_opinion", matter)
        if name not in office.lines[matter.line].opinion_sections:
            raise UsageError(f"意见书没有“{name}”这一部分")
        if matter.state is State.ARCHIVED:
            raise UsageError("事项已归档，不能再修改意见书")
        row = db.one("SELECT * FROM opinion_parts WHERE matter_id = ? AND section = ?", [matter_id, name])
        if (row["version"] if row else 0) != version:
            who, when = (row["updated_by"], row["updated_at"][11:16]) if row else ("其他人", "刚才")
            raise ConflictError(f"{who} 已在 {when} 先修改了“{name}”，您的修改没有保存，输入的文字还在")
        db.run("DELETE FROM opinion_parts WHERE matter_id = ? AND section = ?", [matter_id, name])
        db.insert("opinion_parts", {"matter_id": matter_id, "section": name, "text": cleaned, "version": version + 1,
                                    "updated_by": actor.name, "updated_at": now()})  # fmt: skip
        audit.record(db, actor.account, "撰写意见书", matter.display_number, section=name, version=version + 1)
    return version + 1


def draft(office: Office, actor: User, matter_id: int, on: dt.date) -> tuple[str, bytes]:
    """The opinion as it would be issued, without a number."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        roles.require(actor, "page:opinion")
        values = opinion_values(office, db, matter, NO_NUMBER, on, "")
    return _named(matter, "意见书（草稿）"), _rendered(office, "opinion", values)


def issue(office: Office, actor: User, matter_id: int, on: dt.date) -> Paper:
    """Number and freeze the opinion of a signed matter; UsageError when nothing changed since the last one."""
    template = templates.template_path(office, "opinion").read_bytes()
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "issue_opinion", matter)
        if matter.state not in ISSUING or matter.issued_on is None:
            raise UsageError("事项签发后才能印发意见书")
        if matter.handler_id == actor.id:
            raise UsageError("承办人不能印发自己承办事项的意见书，请由签发人办理")
        earlier = db.one("SELECT * FROM papers WHERE matter_id = ? ORDER BY id DESC LIMIT 1", [matter_id])
        replaced = earlier["number"] if earlier else ""
        content = _digest(opinion_values(office, db, matter, "", on, ""))
        if earlier is not None and earlier["content"] == content:
            raise UsageError(f"{earlier['number']}印发后内容没有变化，不需要重新印发")
        number = _next_number(db, office.lines[matter.line].review_name, on)
        values = opinion_values(office, db, matter, number, on, replaced)
        made = templates.render(template, values, templates.KINDS["opinion"])
        kept = office.files.keep_bytes(made, f"{number}.docx")
        paper_id = db.insert("papers", {
            "matter_id": matter_id, "kind": "opinion", "number": number, "on_day": on.isoformat(),
            "conclusion": matter.conclusion, "content": content, "sha256": kept.sha256, "size": kept.size,
            "replaces": earlier["id"] if earlier else None, "issued_by": actor.name, "issued_at": now(),
        })  # fmt: skip
        audit.record(db, actor.account, "印发意见书", matter.display_number, number=number, sha256=kept.sha256)
        row = db.one("SELECT * FROM papers WHERE id = ?", [paper_id])
        assert row is not None
        return _paper(row)


def issued(office: Office, actor: User, matter_id: int) -> tuple[Paper, ...]:
    """The opinions of a matter, the newest first."""
    with office.store.reading() as db:
        roles.require_on(actor, "view", rows.get_matter(db, matter_id))
        found = db.rows("SELECT * FROM papers WHERE matter_id = ? ORDER BY id DESC", [matter_id])
    return tuple(_paper(r) for r in found)


def content(office: Office, actor: User, paper_id: int) -> tuple[str, bytes]:
    """The bytes that were issued, checked against their hash; the download is logged."""
    with office.store.writing() as db:
        row = db.one("SELECT * FROM papers WHERE id = ?", [paper_id])
        if row is None:
            raise UsageError("没有这份意见书")
        matter = rows.get_matter(db, row["matter_id"])
        roles.require_on(actor, "download", matter)
        audit.record(db, actor.account, "下载意见书", matter.display_number, number=row["number"])
    if not office.files.intact(row["sha256"]):
        raise StoreError(f"{row['number']}的文件不在或被改动，请管理员从备份恢复")
    return f"{row['number']}{file_name(matter.title)}意见书.docx", office.files.path(row["sha256"]).read_bytes()


def adoption_paper(office: Office, actor: User, matter_id: int, on: dt.date) -> tuple[str, bytes]:
    """意见采纳情况表."""
    table = adoption(office, actor, matter_id)
    values = {
        "title": table.matter.title, "number": table.matter.display_number, "unit": table.matter.unit,
        "summary": table.in_words(), "date": day_in_words(on),
        "rows": [{f: getattr(r, f) for f in r.__dataclass_fields__} for r in table.rows],
    }  # fmt: skip
    return _named(table.matter, "意见采纳情况表"), _rendered(office, "adoption", values)


def supervision_paper(office: Office, actor: User, supervision_id: int) -> tuple[str, bytes]:
    """督办单 (提示、催办 likewise)."""
    found, matter = get_supervision(office, actor, supervision_id)
    facts = [("事项", matter.title), ("受理号", matter.display_number), ("送审单位", matter.unit),
             ("承办人", matter.handler or "尚未分办"), ("期限", f"{found.what}，{day_in_words(found.due_on)}"),
             ("超期", f"{found.days_over}个工作日" if found.days_over else "未超期"), ("办理结果", "")]  # fmt: skip
    values = {
        "office": office.settings.name, "number": found.number, "title": f"{found.level}单", "unit": found.to_name,
        "paragraphs": found.text.split("\n"), "date": day_in_words(found.on),
        "facts": [{"name": k, "value": v} for k, v in facts],
    }  # fmt: skip
    return file_name(f"{found.number}.docx"), _rendered(office, "supervision", values)


def dossier(office: Office, actor: User, matter_id: int, on: dt.date) -> tuple[str, bytes]:
    """案卷目录: what the file of a matter consists of."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        roles.require(actor, "page:opinion")
        files, names = rows.files(db, matter_id), {m.key: m.name for m in office.lines[matter.line].materials}
        papers = [_paper(r) for r in db.rows("SELECT * FROM papers WHERE matter_id = ? ORDER BY id", [matter_id])]
        raised = [rows.supervision(r) for r in db.rows(f"{rows.SUPERVISION} WHERE s.matter_id = ?", [matter_id])]
    review_name = office.lines[matter.line].review_name
    listed = [(f"{review_name}意见书", p.number, p.issued_by, str(p.on), "") for p in papers]
    listed += [("意见采纳情况表", "", matter.handler, str(on), "")] if papers else []
    listed += [(f"{names.get(f.material, f.material)}：{f.name}", f"第{f.version}版", f.uploaded_by, f.uploaded_at[:10],
                "") for f in sorted(files, key=lambda f: f.uploaded_at)]  # fmt: skip
    listed += [(f"{s.level}单", s.number, "", str(s.on), "") for s in raised]
    keys = ("name", "number", "author", "date", "note")
    values = {
        "title": matter.title, "number": matter.display_number, "unit": matter.unit, "conclusion": matter.conclusion,
        "handler": matter.handler, "count": len(listed), "date": day_in_words(on),
        "rows": [{"serial": n, **dict(zip(keys, row, strict=True))} for n, row in enumerate(listed, 1)],
    }  # fmt: skip
    return _named(matter, "案卷目录"), _rendered(office, "dossier", values)


def opinion_values(office: Office, db: Reading, matter: Matter, number: str, on: dt.date, replaces: str
                   ) -> dict[str, Any]:  # fmt: skip
    """What the opinion's template is filled with."""
    facts = _facts(office, db, matter)
    name = facts.line.review_name
    return {
        "office": office.settings.name, "number": number, "unit": matter.unit, "date": day_in_words(on),
        "title": _title(f"关于{_quoted(matter.title)}的", f"{name}意见书"),
        "opening": f"你单位报送的{_quoted(matter.title)}及有关材料收悉。经{name}，现提出以下意见：",
        "sections": [_section(s) for s in opinion_text.sections(facts)], "conclusion": matter.conclusion,
        "replaces": replaces, "attachments": "意见采纳情况表" if facts.comments else "", "handler": matter.handler,
        "approver": matter.approver, "matter_number": matter.display_number,
    }  # fmt: skip


def sample_values(kind: str) -> dict[str, Any]:
    """Values of every name that a template of this kind may use, to try it with."""
    heads = {"office": "某某区司法局", "number": "合法性审查〔2026〕1号", "unit": "某某局", "date": "2026年1月1日",
             "title": "某某事项"}  # fmt: skip
    blocks = [{"text": "文字", "level": level} for level in (0, 2, 3)]
    columns = (*AdoptionRow.__dataclass_fields__, "name", "value", "number", "author", "date", "note")
    row = dict.fromkeys(columns, "文字")
    more: dict[str, dict[str, Any]] = {
        "opinion": {"opening": "你单位报送的材料收悉。", "conclusion": "合法", "replaces": "1号", "attachments": "附件",
                    "sections": [{"name": "结论", "heading": "一、结论", "blocks": blocks}], "handler": "某某",
                    "approver": "某某", "matter_number": "HS-HT-2026-0001"},
        "adoption": {"summary": "共1条", "rows": [row]},
        "supervision": {"paragraphs": ["请按期办结。"], "facts": [row]},
        "dossier": {"conclusion": "合法", "handler": "某某", "count": 1, "rows": [row]},
    }  # fmt: skip
    return heads | more[kind]


def _section(section: Section) -> Row:
    blocks = [{"text": b.text, "level": b.level} for b in section.blocks]
    return {"name": section.name, "heading": section.heading, "blocks": blocks}


def _title(about: str, kind: str) -> str:
    """On two lines where one is too short for it, broken between words."""
    return about + ("\n" if len(about + kind) > TITLE_LINE else "") + kind


def _quoted(title: str) -> str:
    return title if title.startswith("《") else f"《{title}》"


def _facts(office: Office, db: Reading, matter: Matter) -> Facts:
    reviews = rows.reviews(db, matter.id)
    own = {r["section"]: r["text"] for r in db.rows("SELECT * FROM opinion_parts WHERE matter_id = ?", [matter.id])}
    categories = office.engine().lexicon.categories
    return Facts(
        matter, office.lines[matter.line], given(office, db, matter),
        {c.id: c.place for c in comment_rows.of_matter(db, matter.id)}, {k: c.aspect for k, c in categories.items()},
        rows.files(db, matter.id), rows.steps(db, matter.id), next((r for r in reviews if r.status == "done"), None),
        own,
    )  # fmt: skip


def _digest(values: Mapping[str, Any]) -> str:
    """What an opinion says, apart from its number and day."""
    said = {k: v for k, v in values.items() if k not in ("number", "date", "replaces")}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _next_number(db: Writing, review_name: str, on: dt.date) -> str:
    """合法性审查〔2026〕3号: the counter moves in the transaction that writes the paper, so no number is lost."""
    name = f"文号-{review_name}-{on.year}"
    db.run("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", [name])
    return f"{review_name}〔{on.year}〕{db.value('SELECT value FROM counters WHERE name = ?', [name])}号"


def _rendered(office: Office, kind: str, values: Mapping[str, Any]) -> bytes:
    return templates.render(templates.template_path(office, kind).read_bytes(), values, templates.KINDS[kind])


def _paper(r: Row) -> Paper:
    return Paper(r["id"], r["matter_id"], r["number"], dt.date.fromisoformat(r["on_day"]), r["conclusion"],
                 r["sha256"], r["issued_by"], r["issued_at"], r["replaces"])  # fmt: skip


def _named(matter: Matter, what: str) -> str:
    return file_name(f"{matter.title}{what}.docx")


def day_in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
