"""Matter, comments and history → the sections of an opinion: headings and blocks, numbered 一、（一）1.（1）."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain import Aspect, Severity
from reviewer.office.comment_records import ANSWER_NAMES, SEVERITY_NAMES, VERDICT_NAMES, Answer, Comment, Place, Verdict
from reviewer.office.lines import OfficeLine
from reviewer.office.records import PROCEDURE_NAMES, Matter, ReviewSummary, Step, StoredFile
from reviewer.understanding.numerals import to_chinese

QUOTED = 120  # characters of a passage that an opinion quotes
_ORDER = {Severity.ILLEGAL: 0, Severity.RISK: 1, Severity.ADVICE: 2}
_STEPS = {
    "ask_supplement": "要求补正材料", "supplement": "收到补正材料", "consult": "征求有关部门意见",
    "expert": "组织专家论证",
    "discuss": "提请集体讨论", "feedback": "反馈审查意见", "revised": "收到修改稿",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a section: level 2 （一）, 3 1., 0 plain."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Facts:
    """What an opinion is written from."""

    matter: Matter
    line: OfficeLine
    comments: tuple[Comment, ...]  # those given, as they stand in the newest version
    originals: Mapping[int, Place]  # comment → where it was made
    aspects: Mapping[str, Aspect]  # category → aspect
    files: tuple[StoredFile, ...]
    history: tuple[Step, ...]
    review: ReviewSummary | None
    own: Mapping[str, str]  # section → what a person wrote instead


def sections(facts: Facts) -> tuple[Section, ...]:
    """The sections of the line, in its order; a person's words take the place of the proposed ones."""
    made = []
    for n, name in enumerate(facts.line.opinion_sections, 1):
        own = facts.own.get(name, "").strip()
        blocks = tuple(Block(t) for t in own.split("\n") if t.strip()) if own else proposed(facts, name)
        made.append(Section(name, f"{to_chinese(n)}、{name}", blocks))
    return tuple(made)


def proposed(facts: Facts, name: str) -> tuple[Block, ...]:
    """What the office's records say to a section."""
    if "依据" in name and "范围" in name:
        return (Block(_scope(facts)),)
    if name.endswith("过程"):
        return tuple(Block(t) for t in _process(facts))
    if name == "基本情况":
        return (Block(_basics(facts)),)
    if "问题" in name:
        return _problems(facts)
    if name == "结论":
        return (Block(_conclusion(facts)),)
    if name == "风险提示":
        return (Block(_told(facts, [c for c in facts.comments if c.wording.severity is Severity.RISK])),)
    if "另行落实" in name:
        return (Block(_open_points(facts)),)
    return (Block(_told(facts, [c for c in facts.comments if _belongs(facts, c, name)])),)


def _scope(facts: Facts) -> str:
    matter, name = facts.matter, facts.line.review_name
    named = (b.partition("》")[0] + "》" for c in facts.comments for b in c.wording.basis if "》" in b)
    bases = list(dict.fromkeys(named))
    listed = "、".join(bases[:8]) + ("等" if len(bases) > 8 else "") + "有关规定"
    under = f"依据{listed if bases else '有关法律、法规、规章和政策'}，"
    texts = [f.name for f in facts.files if f.material in {m.key for m in facts.line.materials if m.reviewed}][:1]
    of = f"（送审文本：{texts[0]}）" if texts else ""
    limits = f"{name}不涉及专业技术、经济合理性等事项。"
    return f"{under}对{matter.unit}送审的《{_bare(matter.title)}》{of}进行{name}。{limits}"


def _bare(title: str) -> str:
    return title[1:-1] if title.startswith("《") and title.endswith("》") and title.count("《") == 1 else title


def _process(facts: Facts) -> list[str]:
    matter, told = facts.matter, []
    dates = [f"{_day(matter.submitted_on)}收到送审材料" if matter.submitted_on else "",
             f"{_day(matter.accepted_on)}受理，受理号{matter.number}，适用{PROCEDURE_NAMES[matter.procedure]}"
             if matter.accepted_on else ""]  # fmt: skip
    steps = [f"{_day(s.on)}{_STEPS[s.move]}" for s in facts.history if s.move in _STEPS]
    told.append("，".join([d for d in dates if d] + steps) + "。")
    if facts.review is not None:
        checked = f"{facts.line.review_name}采用机器审查与人工审查相结合的方式，所列意见均经承办人确认。"
        if left := "；".join(t.rstrip("。") for t in facts.review.not_checked[:4]):
            checked += f"机器审查未能检查的内容（{left}）须由承办人人工审查。"
        told.append(checked)
    return told


def _basics(facts: Facts) -> str:
    matter = facts.matter
    known = [("送审单位", matter.unit), ("文书类型", matter.type), ("所处阶段", matter.stage),
             ("涉及金额", f"{matter.amount}元" if matter.amount else "")]  # fmt: skip
    files = f"送审材料共{len({f.material for f in facts.files})}种{len(facts.files)}件。"
    return "，".join(f"{name}：{value}" for name, value in known if value) + "。" + files


def ordered(comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
    """The gravest first, then in the order of the text."""
    return tuple(sorted(comments, key=lambda c: (_ORDER[c.wording.severity],
                                                 c.place.span.start if c.place.span else 1 << 60, c.id)))  # fmt: skip


def _problems(facts: Facts) -> tuple[Block, ...]:
    found = ordered(facts.comments)
    if not found:
        return (Block("未提出需要修改的意见。"),)
    blocks = []
    for n, comment in enumerate(found, 1):
        wording = comment.wording
        where = f"{comment.place.where}　" if comment.place.where else ""
        blocks.append(Block(f"（{to_chinese(n)}）{where}{wording.title}（{SEVERITY_NAMES[wording.severity]}）", 2))
        excerpt = " ".join(facts.originals.get(comment.id, comment.place).excerpt.split())
        quote = f"原文为“{excerpt}”。" if 0 < len(excerpt) <= QUOTED else ""
        parts = [f"问题：{quote}{_full(wording.text)}"]
        if wording.basis:
            parts.append(f"依据：{'；'.join(wording.basis)}。")
        if wording.suggestion:
            parts.append(f"建议：{_full(wording.suggestion)}")
        if said := _answered(comment):
            parts.append(f"采纳情况：{said}。")
        joined = ("".join(part.split("\n")) for part in parts)
        blocks += [Block(f"{k}.{part}", 3) for k, part in enumerate(joined, 1)]
    return tuple(blocks)


def _answered(comment: Comment) -> str:
    """采纳，修改稿已按意见修改."""
    said = []
    if comment.answer is not Answer.NONE:
        why = f"，理由：{comment.answer_reason}" if comment.answer_reason else ""
        said.append(ANSWER_NAMES[comment.answer] + why.rstrip("。"))
    if comment.place.verdict is not Verdict.NONE:
        said.append(f"修改稿{VERDICT_NAMES[comment.place.verdict]}")
    return "；".join(said)


def _full(text: str) -> str:
    text = text.strip()
    return text if text.endswith(("。", "！", "？", "”", "；")) else text + "。"


def _conclusion(facts: Facts) -> str:
    conclusion = facts.matter.conclusion
    if not conclusion:
        return "（待承办人出具结论）"
    count = len(facts.comments)
    if count and conclusion.startswith("修改后"):
        then = conclusion.removeprefix("修改后")
        return f"经审查，{facts.matter.unit}按照上述意见修改后，该送审稿{then}。审查结论：{conclusion}。"
    return f"经审查，审查结论：{conclusion}。"


def _told(facts: Facts, found: list[Comment]) -> str:
    if not found:
        return "该方面未提出审查意见。"
    places = {c.id: n for n, c in enumerate(ordered(facts.comments), 1)}
    names = facts.line.opinion_sections
    section = next((f"第{to_chinese(n)}部分" for n, s in enumerate(names, 1) if "问题" in s), "后文")
    numbers = "、".join(f"（{to_chinese(places[c.id])}）" for c in sorted(found, key=lambda c: places[c.id]))
    titles = "；".join(dict.fromkeys(c.wording.title for c in sorted(found, key=lambda c: places[c.id])))
    return f"存在{len(found)}个问题：{titles}。详见本意见书{section}{numbers}。"


def _belongs(facts: Facts, comment: Comment, name: str) -> bool:
    """Is a comment about what a section of this name is about?"""
    if name == "公平竞争":
        return comment.category == "fair_competition"
    aspect = facts.aspects.get(comment.category)
    if comment.category == "fair_competition" and "公平竞争" in facts.line.opinion_sections:
        return False
    if "权限" in name or "主体" in name:
        return aspect is Aspect.AUTHORITY
    if "程序" in name:
        return aspect is Aspect.PROCEDURE
    if name == "文书":
        return aspect is Aspect.TEXT
    if "事实" in name:
        return comment.category in ("consistency", "amount", "enforcement")
    if "法律适用" in name:
        return comment.category in ("legal_basis", "rights_duties")
    return aspect is Aspect.CONTENT


def _open_points(facts: Facts) -> str:
    left = [c for c in facts.comments if c.answer in (Answer.NONE, Answer.REJECTED)]
    if not left:
        return f"请{facts.matter.unit}按照审查意见办理后续事项，并将正式文本报送备查。"
    return f"请{facts.matter.unit}逐条研究落实尚未采纳或者未答复的{len(left)}条意见，不采纳的书面说明理由。"


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
