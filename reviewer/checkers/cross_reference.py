"""References in the draft to an article or attachment that is not there, or that is about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import CrossReference, Draft, Match, Provision, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.numerals import to_int

_TOPICS = (
    "知识产权", "保密", "不可抗力", "争议", "违约责任", "验收", "付款", "支付方式", "质量保证", "保险",
    "解除", "通知与送达", "履约保证金", "廉洁", "质保金", "保修", "售后服务", "包装", "运输", "风险转移", "转让",
    "分包", "结算", "工程变更", "竣工", "租金", "物业费", "赔偿", "违约金", "听证", "公示", "罚款", "补偿标准",
    "申报材料", "申报条件", "验收标准",
)  # fmt: skip
_ABOUT = compiled(r"[^。；，、\n]{0,20}")
_CONSEQUENCE = compiled(
    r"(?:的)?(?:约定|规定)?[，,]?(?:追偿|赔偿|索赔|追究|承担违约|支付违约)|(?:约定|规定)的(?:违约|赔偿)"
)
_ABOUT_COURTS = compiled(r"仲裁|起诉|诉讼|法院")
_ABOUT_BREACH = compiled(r"赔|违约|损失|偿付|责任")
_BREAKER = compiled(r"(?P<side>[甲乙丙]方)(?:如|若)?(?:违反|不履行|未履行)(?:了)?(?:本(?:合同|协议))?\s*$")
_BOUND = compiled(
    r"(?P<side>[甲乙丙]方)[^。；，甲乙丙]{0,8}(?:应|须|不得|必须|保证|负责|承诺|按|将|同意|承担|提供|支付|有义务)"
)
_BOTH = compiled(
    r"双方|三方|各方|任何一方|一方|当事人|[甲乙丙]方?[、和与及][乙丙甲]方(?:均|都|应|须|共同|按|协商|不得|同意)"
)
_CASES_MEANT = compiled(r"(?:中|所)?(?:规定|约定|列|列举|列明|所列|所述)?的?(?:各项|任一|任何一种|上述)?(?:情形|情况)")
_CASES = compiled(r"情形|情况|之一|(?:下列|以下)(?:行为|条件)|解除|终止|收回|有权|不可抗|原因")
_CASES_LISTED = compiled(r"(?:下列|以下|如下)[^。；，]{0,8}(?:情形|情况)|(?:情形|情况)之一")
_NUMBERED_LIST = compiled(r"附[件表]\s*:\s*[一1]\s*[、.．]")  # 附件：一、… names its attachments in one list
_LIST_ONLY = compiled(
    r"(?:^|\n)\s*附\s*件\s*:\s*1\s*[.、．]"
    r"|(?:^|\n)\s*附\s*件\s*[1一]\s*[:《、 ][^\n]{2,60}\n\s*附\s*件\s*[2二]\s*[:《、 ]"
)
_DIGITS = r"[\d零〇一二三四五六七八九十百]"
_LEAST_ARTICLES = 3
_NEAR = 13  # code points after a reference that say what it is about


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["dangling", "attachment", "itself", "topic", "party"]
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.look == "attachment":
        yield from _attachments(draft, options)
        return
    for reference in draft.facts.references:
        if not in_parts(draft, reference.span, ()) or re.search(r"[.．]|部分", reference.label):
            continue  # 第3.2条 names a clause by its printed number, whatever stands above it
        match = {"dangling": _dangling, "itself": _itself, "topic": _topic, "party": _party}[options.look](
            draft, reference
        )
        if match is not None:
            yield Match(match.span, match.values, match.because, confidence=options.confidence)


def _dangling(draft: Draft, reference: CrossReference) -> Match | None:
    if reference.resolved or "条" not in reference.label or _of_another_text(draft, reference):
        return None
    first = to_int((re.search(rf"第({_DIGITS}+)条", reference.label.replace(" ", "")) or [""] * 2)[1])
    if first is None:
        return None
    numbered = [p for p in draft.articles if p.level.value == "条" and p.number is not None]
    if len(numbered) < _LEAST_ARTICLES:
        return None
    exists = any(p.number == first for p in draft.articles if p.label)  # （二十三） may be called 第二十三条
    if exists and (reference.level == "条" or draft.line.value == "contract"):
        return None
    last = max(p.number or 0 for p in numbered)
    label = reference.label.strip()
    because = f"全文编号的条文到第{last}条为止，没有“{label}”" if first > last else (
        f"按编号没有找到“{label}”")  # fmt: skip
    return Match(reference.span, {"引用": label}, because)


def _of_another_text(draft: Draft, reference: CrossReference) -> bool:
    """Is it the label of an article that begins in mid-line, an article of a quoted paper, or one of an attachment?"""
    before = draft.folded[max(0, reference.span.start - 8) : reference.span.start]
    ahead = draft.folded[max(0, reference.span.start - 200) : reference.span.start].rpartition("\n")
    begins = (bool(ahead[1]) or reference.span.start <= 200) and not ahead[2].strip()
    after = draft.folded[reference.span.end : reference.span.end + 1]
    own = reference.label.startswith("本")
    quoted = bool(re.search(r"[”」』》]$|(?:法|条例|规定|办法)\W{0,2}$", before)) and not own
    return after.isspace() or begins or quoted or (not own and in_parts(draft, reference.span, ("attachments",)))


def _attachments(draft: Draft, options: Options) -> Iterator[Match]:
    """附件3 where the text has other attachments of that name, but not this one; all missing ones told together."""
    if any(_NUMBERED_LIST.match(draft.folded, a.start) for a in draft.parts.attachments):
        return
    kinds = {draft.folded[a.start : a.start + 2] for a in draft.parts.attachments}
    if not kinds and _LIST_ONLY.search(draft.folded):  # the attachments are listed, but none is in the file
        kinds = {"附件"}
    missing = [r for r in draft.facts.references if not r.resolved and r.level[:2] in kinds and r.number is not None
               and in_parts(draft, r.span, ())
               and not in_parts(draft, r.span, ("attachments",))]  # fmt: skip
    labels = "、".join(dict.fromkeys(re.sub(r"^.*?(?=附)|[(（【\[]", "", r.label.strip()) for r in missing))
    for reference in missing:
        there = f"文后有{count}个附件" if (count := len(draft.parts.attachments)) else "附件清单已经列出"
        because = f"{there}，没有{labels}"
        yield Match(reference.span, {"引用": labels}, because, confidence=options.confidence)


def _itself(draft: Draft, reference: CrossReference) -> Match | None:
    """第八条 … 按照本合同第八条执行: an article cannot send the reader to itself as a whole."""
    if reference.level != "条" or not reference.resolved or reference.number is None:
        return None
    holder = _article_at(draft, reference.span.start)
    if holder is None or holder.number != reference.number or "条" not in holder.label:
        return None
    after = draft.folded[reference.span.end : reference.span.end + 2]
    before = draft.folded[max(holder.span.start, reference.span.start - 12) : reference.span.start]
    if re.match(r"第|[\d(（]", after) or "款" in reference.label or "项" in reference.label:
        return None
    if reference.span.start - holder.span.start < 3 or not re.search(r"按照?|依照|依据|根据|参照|适用", before):
        return None
    if in_parts(draft, reference.span, ("attachments",)):
        return None
    return Match(reference.span, {"引用": reference.label.strip()}, f"这句话本身就在{holder.path}之中")


def _article_at(draft: Draft, offset: int) -> Provision | None:
    found = [p for p in draft.articles if p.level.value == "条" and p.span.start <= offset < p.span.end]
    return found[-1] if found else None


def _topic(draft: Draft, reference: CrossReference) -> Match | None:
    """按第十一条约定归属于甲方的知识产权, where 第十一条 is 保密 and 第九条 is 知识产权."""
    if reference.level != "条" or not reference.resolved or reference.number is None:
        return None
    targets = [p for p in draft.articles if p.level.value == "条" and p.number == reference.number]
    if len(targets) != 1:
        return None
    about = _ABOUT.match(draft.folded, reference.span.end)
    words = about.group() if about else ""
    target_text = targets[0].span.of(draft.folded)
    only_courts = _ABOUT_COURTS.search(target_text) and not _ABOUT_BREACH.search(target_text)
    if only_courts and _CONSEQUENCE.match(draft.folded, reference.span.end):
        return _of_courts(draft, reference)
    if not targets[0].heading:
        return None
    if _CASES_MEANT.match(words):
        return _cases(draft, reference, targets[0])
    topics = [t for t in _TOPICS if t in words[:_NEAR]]
    for topic in () if any(t in target_text for t in topics) else topics:
        other = next((p for p in draft.articles if p.heading and topic in p.heading and p is not targets[0]), None)
        if other is None:
            continue
        heading = targets[0].heading.strip()
        values = {"引用": reference.label.strip(), "所指": heading, "主题": topic, "应指": other.path}
        because = f"{values['引用']}是“{values['所指']}”，讲“{topic}”的是{other.path}"
        return Match(Span(reference.span.start, reference.span.end), values, because)
    return None


def _party(draft: Draft, reference: CrossReference) -> Match | None:
    """甲方违反本合同第四条约定的, where 第四条 lays a duty on 丙方 only."""
    if reference.level != "条" or not reference.resolved or reference.number is None:
        return None
    breaker = _BREAKER.search(draft.folded, max(0, reference.span.start - _NEAR), reference.span.start)
    targets = [p for p in draft.articles if p.level.value == "条" and p.number == reference.number]
    if breaker is None or len(targets) != 1:
        return None
    side, target = breaker["side"], targets[0].span
    text = target.of(draft.folded)
    bound = {found["side"] for found in _BOUND.finditer(text)}
    if not bound or side in bound or _BOTH.search(text) or target.start <= reference.span.start < target.end:
        return None
    label = reference.label.strip()
    values = {"引用": label, "一方": side, "另一方": "、".join(sorted(bound))}
    return Match(Span(breaker.start(), reference.span.end), values, f"{label}规定的是{values['另一方']}的义务")


def _of_courts(draft: Draft, reference: CrossReference) -> Match:
    """按第十三条约定追偿损失, where 第十三条 is about courts and arbitration and says nothing of damages."""
    label = reference.label.strip()
    values = {"引用": label, "所指": "争议解决", "主题": "违约、赔偿责任", "应指": "约定违约责任的条款"}
    return Match(reference.span, values, f"{label}讲仲裁、诉讼，没有赔偿、违约的内容")


def _cases(draft: Draft, reference: CrossReference, target: Provision) -> Match | None:
    """出现第十条规定的情形, where 第十条 names no case and another article lists them."""
    if _CASES.search(draft.folded, target.span.start, target.span.end) or not target.heading:
        return None
    listing = [p for p in draft.articles if p.level.value == "条" and p is not target
               and _CASES_LISTED.search(draft.folded, p.span.start, p.span.end)]  # fmt: skip
    if not listing:
        return None
    values = {
        "引用": reference.label.strip(), "所指": target.heading.strip(), "主题": "情形", "应指": listing[-1].path,
    }  # fmt: skip
    because = f"{values['引用']}是“{values['所指']}”，没有列出情形，列出情形的是{values['应指']}"
    return Match(Span(reference.span.start, reference.span.end), values, because)
