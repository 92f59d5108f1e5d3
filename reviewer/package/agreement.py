"""What the files of a submission state → where they contradict each other; findings stand in the main text.

Contract against 中标通知书 and 招标文件: total amount, parties, periods, project name and number. Draft against
起草说明: title and organ. A statement counts only behind its own label (合同总价：…, 工期为…).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from reviewer import scoring
from reviewer.domain import Draft, Finding, Line, Review, Severity, Span, fingerprint
from reviewer.lexicon import Category
from reviewer.package import titles
from reviewer.package.records import ROLE_NAMES, CrossFinding, Member, PackageReview, Place, Role

CONFIDENCE = 0.8
_AWARDED = ("《政府采购法》第四十六条", "《招标投标法》第四十六条", "《招标投标法实施条例》第五十七条")


class Statement(NamedTuple):
    """A value behind its label. `value` is what is compared, `said` what is written."""

    what: str
    value: str | Decimal
    said: str
    span: Span


class Subject(NamedTuple):
    """One thing that files must agree on, and what to say where they do not."""

    rule: str
    title: str
    category: str
    severity: Severity
    suggestion: str
    stated: Callable[[Draft, Role], Iterator[Statement]]
    agree: Callable[[Statement, Statement], bool]


def disagreements(members: Sequence[Member], categories: Mapping[str, Category]) -> Iterator[CrossFinding]:
    """Findings on the main text against the other files of the submission."""
    main = next((m for m in members if m.role is Role.MAIN and m.review is not None), None)
    if main is None or main.review is None:
        return
    draft = main.review.draft
    if draft.line is Line.CONTRACT:
        against = [m for m in members if m.role in (Role.AWARD, Role.TENDER) and m.review is not None]
        for subject in _SUBJECTS:
            yield from _compared(subject, main, against, categories)
    if draft.line not in (Line.NORMATIVE, Line.DECISION):
        return
    for other in (m for m in members if m.role is Role.EXPLANATION and m.review is not None):
        assert other.review is not None
        for said in titles.differences(draft, other.review.draft):
            place = _place(other, said.other)
            message = said.message.replace("{file}", other.name)
            yield _finding(main, said.rule, said.title, "consistency", Severity.ADVICE, said.own, message,
                           said.suggestion, (), (place,), categories)  # fmt: skip


def with_findings(package: PackageReview, member: Member) -> Review:
    """The member's review with the findings across files that stand in it, and the score that they leave."""
    assert member.review is not None
    across = tuple(c.finding for c in package.findings if c.file == member.name)
    if not across:
        return member.review
    review = member.review
    findings = (*across, *review.findings)
    return replace(review, findings=findings, score=scoring.score(findings, review.outcomes, review.coverage))


def _compared(
    subject: Subject, main: Member, others: Sequence[Member], categories: Mapping[str, Category]
) -> Iterator[CrossFinding]:
    """One finding for each thing that the main text states otherwise than another file, in whatever it says of it."""
    assert main.review is not None
    own = list(subject.stated(main.review.draft, Role.MAIN))
    for what in dict.fromkeys(s.what for s in own):
        mine = [s for s in own if s.what == what]
        unlike: list[tuple[Member, Statement]] = []
        for other in others:
            assert other.review is not None
            theirs = [s for s in subject.stated(other.review.draft, other.role) if s.what == what]
            if theirs and not any(subject.agree(a, b) for a in mine for b in theirs):
                unlike.append((other, theirs[0]))
        if not unlike:
            continue
        said = "，".join(f"{ROLE_NAMES[m.role]}（{m.name}）为“{s.said}”" for m, s in unlike)
        message = f"{what}：本文件写“{mine[0].said}”，{said}"
        places = tuple(_place(m, s.span) for m, s in unlike)
        yield _finding(main, subject.rule, subject.title, subject.category, subject.severity, mine[0].span,
                       message, subject.suggestion, _AWARDED, places, categories)  # fmt: skip


def _place(member: Member, span: Span) -> Place:
    assert member.review is not None
    draft = member.review.draft
    return Place(member.name, span, draft.where(span.start), " ".join(span.of(draft.text).split()))


def _finding(
    main: Member, rule: str, title: str, category: str, severity: Severity, span: Span, message: str,
    suggestion: str, basis: tuple[str, ...], against: tuple[Place, ...], categories: Mapping[str, Category],
) -> CrossFinding:  # fmt: skip
    assert main.review is not None
    draft = main.review.draft
    where, excerpt = draft.where(span.start), span.of(draft.text).strip()
    known = categories[category]
    because = "；".join(f"{p.file}{p.where}写“{p.excerpt}”" for p in against)
    finding = Finding(
        rule=rule, category=category, aspect=known.aspect, severity=severity, span=span, where=where, excerpt=excerpt,
        title=title, message=message, suggestion=suggestion, edit=None, basis=basis, unverified_basis=False,
        confidence=CONFIDENCE, because=because, clause=None, fingerprint=fingerprint(rule, where, excerpt),
        category_name=known.name,
    )  # fmt: skip
    return CrossFinding(main.name, finding, against)


# ---------------------------------------------------------------- 金额 amounts

_LABELS_OF_TOTAL = {
    Role.MAIN: r"(?:合同|协议|签约)(?:签约|暂定|总|含税|不含税|包干|固定)*(?:价款|金额|价格|总额|总价|价)"
               r"|(?:含税)?总(?:价款?|金额|造价|费用)|(?:采购|服务|承包|委托|租赁)(?:总价|总金额|总费用)",
    Role.AWARD: r"(?:中标|成交|定标)(?:总)?(?:价格|价款|金额|报价|总价|价)|中选(?:价|金额)",
}  # fmt: skip
_LABELS_OF_LIMIT = r"最高(?:投标|采购)?限价|招标控制价|拦标价"
_GAP = re.compile(
    r"(?:[\s:,|]|为|是|共|合|计|即|人民币|RMB|[大小]写|(?:不)?含税|暂定|\((?![^()]*\d)[^()]{0,12}\)|\(|\)|￥|¥)*$"
)  # what may stand between a label and its value
_REACH = 40


def _amounts(draft: Draft, role: Role) -> Iterator[Statement]:
    pattern = _LABELS_OF_TOTAL.get(role)
    if pattern is None:
        return
    for label in re.finditer(pattern, draft.folded):
        for amount in draft.facts.amounts:
            if amount.span.start >= label.end():
                if amount.unit == "元" and _follows(draft, label.end(), amount.span.start):
                    yield Statement("合同总价与中标（成交）金额", amount.value, amount.span.of(draft.text), amount.span)
                break


def _limits(draft: Draft, role: Role) -> Iterator[Statement]:
    """The total of the contract against the highest price that the tender allowed."""
    labels = {Role.MAIN: _LABELS_OF_TOTAL[Role.MAIN], Role.TENDER: _LABELS_OF_LIMIT}.get(role)
    if labels is None:
        return
    for label in re.finditer(labels, draft.folded):
        amount = next((a for a in draft.facts.amounts if a.span.start >= label.end()), None)
        if amount is not None and amount.unit == "元" and _follows(draft, label.end(), amount.span.start):
            yield Statement("合同总价与最高限价", amount.value, amount.span.of(draft.text), amount.span)


def _follows(draft: Draft, label: int, value: int) -> bool:
    between = draft.folded[label:value]
    return len(between) <= _REACH and between.count("\n") <= 1 and _GAP.match(between) is not None


def _within(own: Statement, limit: Statement) -> bool:
    return Decimal(own.value) <= Decimal(limit.value)


# ---------------------------------------------------------------- 当事人 parties

_ENDS = "公司|厂|院|所|中心|合作社|大学|学校|协会|集团|联合体"
_NAME = rf"(?P<name>[^\s,。;:、《》|]{{2,40}}?(?:{_ENDS}))(?=[\s,。;:、|]|$|为|的)"
_SUPPLIER = re.compile(rf"(?:中标|成交|中选)(?:单位|人|供应商|商)(?:名称)?\s*[:为是|]?\s*{_NAME}", re.M)
_ADDRESSED = re.compile(rf"^[ \t]*(?:致\s*:?\s*)?{_NAME}\s*:\s*$", re.M)
_BUYER = re.compile(r"(?:采购|招标)(?:人|单位)(?:名称)?\s*[:|]\s*(?P<name>[^\s,。;:、《》|]{4,30})", re.M)
_BUYING = re.compile("甲方|采购|发包|招标|建设单位|业主|委托|买方|买受|需方|购方|承租|定作")
_HEAD = 400  # characters in which a notice addresses the supplier
_SUPPLIER_WHAT, _BUYER_WHAT = "中标（成交）人与合同相对方", "采购（招标）人与合同签订主体"


def _parties(draft: Draft, role: Role) -> Iterator[Statement]:
    if role is Role.MAIN:
        named = [p for p in draft.facts.parties if p.name and p.place in ("head", "signature")]
        for what, buys in ((_SUPPLIER_WHAT, False), (_BUYER_WHAT, True)):  # the side that is meant comes first
            for party in sorted(named, key=lambda p: (_BUYING.match(p.role) is not None) is not buys):
                yield Statement(what, _bare(party.name), party.name, party.span)
    elif role is Role.AWARD:
        found = chain(_SUPPLIER.finditer(draft.folded), _ADDRESSED.finditer(draft.folded[:_HEAD]))
        for what, matches in ((_SUPPLIER_WHAT, found), (_BUYER_WHAT, _BUYER.finditer(draft.folded))):
            for match in matches:
                span = Span(*match.span("name"))
                yield Statement(what, _bare(match["name"]), span.of(draft.text), span)


def _bare(name: str) -> str:
    return re.sub(r"[\s()（）_]", "", name)


def _one_in_the_other(own: Statement, other: Statement) -> bool:
    a, b = str(own.value), str(other.value)
    return a in b or b in a


# ---------------------------------------------------------------- 期限 periods

_PERIODS = {
    "工期": "(?:总|合同|计划|施工)*工期",
    "服务期": "(?:服务|运维|维护)期限?",
    "交货期": "(?:交货|供货|交付)(?:期限?|时间)",
    "履行期限": "(?:合同)?履行期限|合同期限?",
    "质保期": "质保期|质量保证期|免费质保期|保修期|质量保修期",
}
_PERIOD_GAP = re.compile(
    r"(?:[\s:,|()]|为|是|共|计|总|自?[^\s。;,:|]{0,16}(?:之日|日|后)起?|(?:合同)?签订(?:之?日?起|后)|日历天数?)*$"
)
_AT_LEAST = re.compile("[)]?(?:及?以上|以下|以内)")
_ELSEWHEN = re.compile("满|届|到期|结束|终止|[前完]")  # 质保期满后5个工作日内: when something else is to be done
_MONTHS = {"年": 12, "季度": 3, "月": 1}


def _periods(draft: Draft, role: Role) -> Iterator[Statement]:
    if role not in (Role.MAIN, Role.AWARD, Role.TENDER):
        return
    for what, pattern in _PERIODS.items():
        for label in re.finditer(pattern, draft.folded):
            period = next((p for p in draft.facts.periods if p.span.start >= label.end()), None)
            between = draft.folded[label.end() : period.span.start] if period else "。"
            if period is None or len(between) > _REACH or between.count("\n") > 1 or not _PERIOD_GAP.match(between):
                continue
            if _ELSEWHEN.search(between) or _AT_LEAST.match(draft.folded, period.span.end):
                continue  # a bound, which a longer or shorter period keeps to
            whole = period.unit in _MONTHS
            value = f"{period.value * _MONTHS[period.unit]:f}月" if whole else f"{period.value:f}{period.unit}"
            yield Statement(what, _plain(value), period.span.of(draft.text), period.span)


def _plain(value: str) -> str:
    """12.0月 as 12月."""
    return re.sub(r"\.0+(?=\D)", "", value)


def _same_length(own: Statement, other: Statement) -> bool:
    """Equal, or a year against the days of one."""
    a, b = (re.fullmatch(r"([\d.]+)(月|日)", str(s.value)) for s in (own, other))
    if a is None or b is None or a[2] == b[2]:
        return own.value == other.value
    days = [float(m[1]) * (30.4 if m[2] == "月" else 1) for m in (a, b)]
    return abs(days[0] - days[1]) <= 0.03 * max(days)


# ---------------------------------------------------------------- 项目 project

_BLANK = re.compile(r"[{}_<>]|×{2}|[xX]{2}|\.{3}|…")
_PROJECT = re.compile(
    r"(?:采购)?(?:项目|工程)名称[ \t]*(?:[:|][ \t]*|\n)(?P<name>[^\n。;,|:]{4,60})(?=[\n。;,|]|$)"
)
_NUMBER = re.compile(
    r"(?:项目|招标|采购|标段)(?:项目)?编号[ \t]*(?:[:|][ \t]*|\n)(?P<name>[A-Za-z0-9一-鿿\[\]〔〕()【】/_-]{5,40})"
)


def _projects(draft: Draft, role: Role) -> Iterator[Statement]:
    if role in (Role.MAIN, Role.AWARD, Role.TENDER):
        for what, pattern in (("项目名称", _PROJECT), ("项目编号", _NUMBER)):
            for match in pattern.finditer(draft.folded):
                name = re.split(r"\s{2,}|\((?=[^()]*编号)", match["name"])[0].rstrip()
                key = re.sub(r"[\W_]", "", name).upper()
                if len(key) >= 4 and not _BLANK.search(name):
                    span = Span(match.start("name"), match.start("name") + len(name))
                    yield Statement(what, key, span.of(draft.text), span)


_SUBJECTS = (
    Subject("package.amount", "合同总价与中标金额不一致", "procurement", Severity.ILLEGAL,
            "核对中标（成交）通知书，按中标（成交）金额填写合同总价；确需调整的，说明依据并附审批材料", _amounts,
            lambda own, other: own.value == other.value),
    Subject("package.limit", "合同总价超过最高限价", "procurement", Severity.ILLEGAL,
            "核对招标（采购）文件公布的最高限价；合同总价不得高于中标价和最高限价", _limits, _within),
    Subject("package.party", "合同当事人与中标结果不一致", "procurement", Severity.ILLEGAL,
            "合同应当由采购（招标）人与中标（成交）人签订；名称变更、联合体等情形请附证明材料",
            _parties, _one_in_the_other),
    Subject("package.period", "期限与采购文件、中标结果不一致", "procurement", Severity.RISK,
            "按招标（采购）文件和中标（成交）结果确定的期限订立；确需变更的，说明依据", _periods, _same_length),
    Subject("package.project", "项目名称或编号与采购文件不一致", "consistency", Severity.ADVICE,
            "核对是否为同一项目，统一名称和编号", _projects, _one_in_the_other),
)  # fmt: skip
