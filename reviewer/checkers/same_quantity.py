"""One named quantity with two values: 履约保证金为合同价的5% here and 10% there, 建筑面积、税率、保密期限 likewise.

The name is what stands before 为, 是 or a colon; the same name must stand for the same quantity, so names that are
too general, conditions, stages and alternatives are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from reviewer.checkers.act_words import QUALIFIERS, words_in
from reviewer.checkers.contradictions import contradiction
from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.understanding.numerals import to_decimal

_BEFORE = 26
_NAME = re.compile(
    r"(?:^|[,。;:、\s\n(“”)]|\d[.、])(?P<name>[\u4e00-\u9fa5]{2,16}?)(?:\([^()]{1,12}\))?\s*"
    r"(?:暂定|共计|总计|合计|约定|确定|应|统一|一律|均|按照?|设定|规定)?(?P<is>为|是|:|计|共)?\s*(?:人民币|暂定|含税|大写|小写|自[^,。;]{1,14}起|合同(?:总价|价款?|金额|总额)款?的)?[:¥￥\s]{0,3}$"
)
_HEADS = re.compile(
    r"(?:质保期|保修期|保证期|工期|租期|有效期|服务期|合同期|租赁期|承包期|经营期|试用期|宽限期|保密期|免租期|装修期|过渡期|建设期|运营期"
    r"|期限|时限|周期|金|租金|价款|总价|价格|单价|总额|总金额|投资|造价|预算|限价|控制价|服务费|管理费|设计费|监理费|报酬|押金|定金"
    r"|面积|利率|税率|费率|费用|时间|数量|规模|人数|分值|比例|年龄|额度|上限|限额|标准)$"
)
_LEAD = re.compile(
    r"^(?:本|该|其中|其|此|上述|前述|双方|甲方|乙方|约定|以及|即|且|并|则|及|和|的|在|由|与|按|应|以|但|为|所有|全部|项目|合同|协议|工程)+(?=[\u4e00-\u9fa5]{3})"
)
_DAY = re.compile(
    r"(?:开工|竣工|完工|交货|交付|供货|投产|投标截止|开标|递交截止|提交截止|报名截止|申报截止|申请截止|届满|起租|交房|终止)(?:日期|时间|日)?$"
)
_GENERAL = (
    "期限 时间 金额 比例 费用 面积 单价 价格 数量 总价 总额 标准 时限 有效期 上限 限额 周期 规模 违约金 "
    "罚款 扣款 罚金 滞纳金 利率 "
    "总金额 价款 额度 预算 小时 租金 资金 基金 利息 保证金 现金 缴费标准 收费标准 补助标准 奖励标准 "
    "支付时间 付款时间 付款比例 支付比例 "
    "最高限额 最高金额 支付金额 补偿标准 赔偿金 补助金额 奖励金额 服务时间 工作时间 办理时限 办理时间 "
    "本期限 本期 同期"
)
_SAME = (
    ("质量保证期", "质保期"), ("质量保修期", "质保期"), ("保修期限", "质保期"), ("保修期", "质保期"),
    ("质保期限", "质保期"), ("保证金额", "保证金"), ("总价款", "总价"), ("总金额", "总价"), ("期限", "期"),
    ("总额", "总价"), ("总造价", "总价"),
)  # fmt: skip
_GENERAL_NAMES = frozenset(_GENERAL.split(" "))
_LAST = frozenset("为是计共币定税写起款的期限金价额费积率间模数值例龄度准酬资算日")  # of the words before a value
_CONDITION = re.compile(
    r"如|若|的,|分别|其中|或者|或(?!者)|逾期|超过|不足|不满|以上|每增|延长|顺延|调整为|变更为|增加|减少|比上|同比|增长|目标|达到|力争|至少|原|第[一二三四五六][年次批期季阶个]|上年|去年|当年|年度"
)
_KINDS = {"日": "日", "天": "日", "月": "日", "年": "日", "周": "日", "小时": "日", "工作日": "工作日"}
_DAYS = {"日": 1, "天": 1, "周": 7, "月": 30, "年": 360, "工作日": 1}
_PLAIN = re.compile(
    r"(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<u>平方米|㎡|亩|公顷|台|套|辆|名|人|户|公里|吨|分)(?![\u4e00-\u9fa5]?以)"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.75


@dataclass(frozen=True, slots=True)
class Stated:
    """A named quantity at one place."""

    span: Span
    sentence: Span
    name: str
    value: Decimal
    qualifiers: frozenset[str]


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    known: dict[tuple[str, str], list[Stated]] = {}
    for span, kind, value in _values(draft):
        stated = _stated(draft, span, value, _DAY if kind == "date" else _HEADS)
        if stated is not None:
            known.setdefault((stated.name, kind), []).append(stated)
    for several in known.values():
        first = several[0]
        other = next((s for s in several[1:] if s.value != first.value), None)
        if other is None or len({s.value for s in several}) > 2 or not _comparable(draft, first, other):
            continue
        yield contradiction(draft, first.span, other.span, options.confidence, 名称=first.name)


def _values(draft: Draft) -> Iterator[tuple[Span, str, Decimal]]:
    """Every value with its kind, in one unit for each kind."""
    facts = draft.facts
    for amount in facts.amounts:
        yield amount.span, amount.unit, amount.value
    for rate in facts.rates:
        yield rate.span, "%" + rate.per, rate.value
    for period in facts.periods:
        if period.unit in _DAYS:
            yield period.span, _KINDS[period.unit], period.value * _DAYS[period.unit]
    for mention in facts.dates:
        if mention.date is not None:
            yield mention.span, "date", Decimal(mention.date.toordinal())
    for found in _PLAIN.finditer(draft.folded):
        value = to_decimal(found["n"])
        if value is not None:
            yield Span(*found.span()), found["u"], value


def _stated(draft: Draft, span: Span, value: Decimal, heads: re.Pattern[str]) -> Stated | None:
    text = draft.folded
    before = text[max(0, span.start - _BEFORE) : span.start]
    last = before.rstrip(" :¥￥")[-1:]
    if not last or last not in _LAST or (found := _NAME.search(before)) is None:
        return None
    if not found["is"] and text[span.end - 1] in "%‰‱一二三四五六七八九十":
        return None  # 支付合同总价30% is a part of it
    name = found["name"].rpartition("的")[2]
    name = _LEAD.sub("", name)
    for long, short in _SAME:
        if name.endswith(long):
            name = name[: -len(long)] + short
            break
    if len(name) < 3 or name in _GENERAL_NAMES or not heads.search(name):
        return None
    if text[span.end : span.end + 2].strip()[:1] in ("/", "-", "—", "~", "至", "以", "左", "内", "之"):
        return None
    sentence = draft.sentence_at(span.start)
    low = max(sentence.start, span.start - 60)
    if _CONDITION.search(text, low, span.start) or not in_parts(draft, span, ()):
        return None
    block = draft.document.block_at(span.start)
    if block is not None and block.cell is not None:
        return None
    start = span.start - len(before) + found.start("name") + found["name"].rfind("的") + 1
    words = frozenset(w for *_, w in words_in(text, QUALIFIERS, low, span.end))
    return Stated(Span(start, span.end), sentence, name, value, words)


def _comparable(draft: Draft, first: Stated, second: Stated) -> bool:
    return first.sentence != second.sentence and first.qualifiers == second.qualifiers
