"""One duty laid on two parties: 运输费用由甲方承担 here and 由乙方承担 there, 图纸由甲方提供 and 由乙方提供.

A duty is a thing and a verb; where a clause says when it holds (因乙方原因…的), it is another duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.act_words import SIDES, words_in
from reviewer.checkers.contradictions import contradiction
from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled, matches_by_sentence

_PARTY = (
    r"(?:甲方|乙方|发包[人方]|承包[人方]|采购[人方]|供应商|供货方|委托[人方]|受托[人方]"
    r"|出租[人方]|承租[人方]|买方|卖方|需方|供方|双方|中标人)"
)
_THING = (
    r"(?P<thing>[一-龥]{2,12}?"
    r"(?:费用?|税费|税金|保险|手续|图纸|资料|材料|设备|场地|水电|证件|许可证|发票|备件|工具|样品))"
)
_VERBS = r"(?P<verb>承担|负担|支付|缴纳|交纳|提供|办理|采购|负责办理|负责提供|负责采购|负责)"
_DUTY = (
    rf"(?:^|[，。；：、\n\s）])(?:本(?:合同|项目|工程)[^，。；]{{0,4}}?)?{_THING}"
    rf"(?:均|全部|一律|应当?|统一|等)?由(?P<who>{_PARTY}){_VERBS}"
)
PATTERNS = (_DUTY,)
_PAY = frozenset(("承担", "负担", "支付", "缴纳", "交纳"))
_LEAD = re.compile(r"^(?:所需的?|相关的?|有关的?|产生的?|发生的?|该|其|的|及|和|与|一切|全部|所有|上述|以上)+")
_GENERAL = re.compile(r"费用|资料|材料|设备|手续|税费|(?:有关|相关|一切|所需|全部|其他|各种)费用")
_WHEN = compiled(
    r"如|若|因|(?:的|者|时|后|期满|以后|之后|期间|期内|期外)[，]|超过|不合格|违约|逾期|除|额外|增加|另行|返工|重新|不足|其中"
    r"|或(?!者)|选择|可以?|同意|否则|不"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.75


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    known: dict[tuple[str, str], tuple[Span, str]] = {}
    for match in matches_by_sentence(_DUTY, draft):
        span = Span(match.start("thing"), match.end())
        sentence = draft.sentence_at(span.start)
        thing = _LEAD.sub("", match["thing"])
        if _GENERAL.fullmatch(thing) or len(thing) < 3 or not in_parts(draft, span, ()):
            continue
        if _WHEN.search(draft.folded, max(sentence.start, span.start - 60), match.end("thing")):
            continue
        who = next(name for *_, name in words_in(match["who"], SIDES, 0, len(match["who"])))
        verb = "承担" if match["verb"] in _PAY else match["verb"].removeprefix("负责") or "负责"
        first = known.setdefault((thing, verb), (span, who))
        if first[1] != who:
            yield contradiction(draft, first[0], span, options.confidence, 事项=thing)
