"""Powers, charges and burdens that a document of this rank may not create, unless it only restates an upper law.

A statement is the sentence of the sign with the line that leads up to its list (有下列情形之一的：（一）…), without
the other items of the list. It stays quiet when it cites the upper law, forbids the very thing, or speaks to organs
rather than to people outside them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Literal, cast, get_args

import msgspec

from reviewer.checkers.pattern import Part, because_of, in_parts, is_taken, place_of, values_of
from reviewer.domain import Draft, Match, Span, fold
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found, matches_by_sentence

Rank = Literal["规范性文件", "国务院文件", "部门规章", "地方政府规章", "地方性法规", "行政法规", "法律"]
Ground = Literal["named", "any", "ignored"]


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # how the power or burden is worded
    ranks: tuple[Rank, ...] = ("规范性文件",)  # documents that may not create it
    needs: tuple[Regex, ...] = ()  # each must also be found in the statement
    unless: tuple[Regex, ...] = ()  # none may be found in the statement
    ground: Ground = "any"  # named: only a named law keeps it quiet; any: also 依法, 按照国家有关规定
    outsider: bool = False  # someone outside the administration must be named in the statement
    parts: tuple[Part, ...] = ()
    once: bool = False  # only the first place
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    rank = rank_of(draft, knowledge.catalogue)
    if rank not in options.ranks:
        return
    taken: list[tuple[int, int]] = []
    for pattern in options.any:
        for match in matches_by_sentence(pattern, draft):
            span = place_of(match)
            if is_taken(span, taken) or not in_parts(draft, span, options.parts):
                continue
            statement = statement_of(draft, span)
            if _quiet(draft, span, statement, options):
                continue
            insort(taken, (span.start, span.end))
            because = because_of(draft, span, statement, options.needs)
            because += "" if options.ground == "ignored" else f"；本文件属{rank}，同一处没有引用上位法"
            yield Match(span, {"位阶": rank, **values_of(match, draft)}, because, confidence=options.confidence)
            if options.once:
                return


def _quiet(draft: Draft, span: Span, statement: Span, options: Options) -> bool:
    """Does the statement give a reason not to speak?"""
    parts = said_in(draft, span, statement)
    if not _allowed(draft, parts, options):
        return True
    lead = parts[0]
    if lead.end < span.start and compiled(_FORBIDS_ALL).search(lead.of(draft.folded)):
        return True
    if options.ground != "ignored":
        own = draft.sentence_at(span.start)
        if any(grounded(draft, part, named_only=options.ground == "named", until=span.end) for part in {lead, own}):
            return True
    clause = _clause_before(draft, span)
    if compiled(_FORBIDS).search(clause):
        return True
    if not options.outsider:
        return False
    words = "\n".join(part.of(draft.folded) for part in parts)
    return _by_organ(clause) or not compiled(_OUTSIDER).search(words)


def _by_organ(clause: str) -> bool:
    """Does an organ stand before the place as the one who acts (not as the one to whom: 向区城管局缴存)?"""
    organ = compiled(_ORGAN).search(clause)
    addressed = compiled(r"(?:向|到|至|在|报|交给?)[^，。；]{0,10}$")
    return organ is not None and addressed.search(clause[: organ.start()]) is None


def _allowed(draft: Draft, parts: tuple[Span, ...], options: Options) -> bool:
    """Is each needed signal in one of the parts, and no excluded one in any?"""
    needed = all(any(found(p, draft, part) for part in parts) for p in options.needs)
    return needed and not any(found(p, draft, part) for p in options.unless for part in parts)


# ---------------------------------------------------------------- 效力位阶 rank

_HEAD = 400  # code points in which a document says what it is
_ORDERS: tuple[tuple[Rank, str], ...] = (
    ("法律", r"中华人民共和国主席令[\s（]*第"),
    ("行政法规", r"中华人民共和国国务院令[\s（]*第|国令第\d+号"),
    ("地方政府规章", r"人民政府令[\s（]*第"),
    ("部门规章", r"(?:部|委员会|总局|总署|署|银行)令[\s（]*第"),
    ("地方性法规", r"(?:人民代表大会|常务委员会)公告[\s（]*第"),
)


def rank_of(draft: Draft, catalogue: LawCatalogue) -> Rank:
    """The rank of the document from its title and head; 规范性文件 where nothing speaks for a higher one."""
    title = fold(draft.title).strip().strip("《》")
    head = draft.folded[:_HEAD]
    if (law := catalogue.find(title)) is not None and law.rank in get_args(Rank):
        return cast(Rank, law.rank)
    for rank, order in _ORDERS:
        if any(not _is_cited(head, m.start()) for m in compiled(order).finditer(head)):
            return rank
    if compiled(r"^中华人民共和国.{1,40}法$").search(title):
        return "法律"
    if title.endswith("条例") and not compiled("关于|通知|解释").search(title):
        return "行政法规" if title.startswith("中华人民共和国") else "地方性法规"
    return "国务院文件" if title.startswith(("国务院", "中共中央")) else "规范性文件"


def _is_cited(head: str, start: int) -> bool:
    """Does the order stand in the brackets behind a cited title: 《…条例》（国务院令第710号）?"""
    before = head[max(0, start - 40) : start]
    opened = before.rfind("(")
    return opened >= 0 and ")" not in before[opened:] and before[:opened].rstrip().endswith("》")


# ---------------------------------------------------------------- 语境 statement

_LEADS_ON = (":", ";", ",", "、")  # as folded
_ITEM = r"\s*(?:（[一二三四五六七八九十\d]{1,3}）|[\d一二三四五六七八九十]{1,3}[、.．）]|[①-⑳])"
_INLINE = r"：(?=\s*(?:（[一1]）|[一1][、.．]))"  # 提交下列材料：（一）申请表；
_MOST_LINES = 16


def statement_of(draft: Draft, span: Span) -> Span:
    """The sentence of a place with the sentences that lead up to it: …的：（一）…。（二）…"""
    here = draft.sentence_at(span.start)
    at = bisect_left(draft.sentences, here)
    if not len(here) or at >= len(draft.sentences):
        return here
    first, item = at, False
    while first > 0 and at - first < _MOST_LINES:
        sentence, before = draft.sentences[first], draft.sentences[first - 1]
        item = item or compiled(_ITEM).match(draft.folded, sentence.start, sentence.end) is not None
        leads_on = draft.folded[before.start : sentence.start].rstrip().endswith(_LEADS_ON)
        if not leads_on and not item:
            break
        first -= 1
        if item and (draft.folded[before.end - 1] == ":" or compiled(_INLINE).search(before.of(draft.folded))):
            break
    lead = draft.sentences[first]
    words = draft.folded[lead.start : lead.end]
    if item and not words.endswith(":") and compiled(_INLINE).search(words) is None:
        return here  # a list without a lead
    return Span(lead.start, here.end)


_PREAMBLE = (
    r"(?:通告|通知|公告|意见|规定|措施|事项|方案|要求|政策|办法|标准)[^。；，]{0,8}如下：?$"
    r"|制[定订]本|现就[^。；]{0,40}：$"
)


def said_in(draft: Draft, span: Span, statement: Span) -> tuple[Span, ...]:
    """What a statement says of one place: the lead of its list and the item itself, without the items between.

    The preamble of a document (为…，根据…，现通告如下：) leads every item of it and says nothing of one of them.
    """
    here = draft.sentence_at(span.start)
    lead = draft.sentence_at(statement.start)
    if lead == here:
        return (here,)
    at = bisect_left(draft.sentences, here)
    own = here
    while at >= 0 and draft.sentences[at].start > lead.start:
        own = Span(draft.sentences[at].start, here.end)
        if compiled(_ITEM).match(draft.folded, own.start, own.end):
            break
        at -= 1
    if inline := compiled(_INLINE).search(draft.folded, lead.start, lead.end):
        lead = Span(lead.start, inline.end())
    if compiled(_PREAMBLE).search(lead.of(draft.folded).rstrip()):
        return (own,)
    return (lead, own)


# ---------------------------------------------------------------- 依据 ground

_NAMED_LAW = r"《(?P<title>[^》]{2,50}?(?:法|条例|规定|办法|决定|细则|规则|解释|目录|清单|基准))(?:（[^》]{1,12}）)?》"
_MANNER = r"依法|依规|依纪|合法"  # speaks for what follows it, not for what stands before it
_GENERAL = (
    r"法定(?!代表人)|法律、?(?:和|或者)?(?:行政)?法规|有关法规|法律规定|法律责任|上位法|司法机关|人民法院|〔\d{4}〕"
    r"|(?:依照|依据|按照?|根据|符合|遵守|执行|落实)[^。；，]{0,16}(?:国家|国务院|中央|上级|省|自治区|财政部|有关|相关|现行)"
    r"[^。；，]{0,20}(?:规定|要求|政策|标准|办法|目录|文件)"
    r"|(?:依照|依据|按照?|根据|执行)[^。；，]{0,12}《"
)


def grounded(draft: Draft, part: Span, *, named_only: bool, until: int | None = None) -> bool:
    """Does a sentence rest on another law: a named one, or (before the place `until`) 依法 and the like?"""
    words, own = draft.folded[part.start : part.end], fold(draft.title)
    if any(m["title"] not in own for m in compiled(_NAMED_LAW).finditer(words)):
        return True
    if any(c.law and c.title not in own and part.contains(c.span) for c in draft.citations):
        return True
    if named_only:
        return False
    before = words if until is None else draft.folded[part.start : min(part.end, max(until, part.start))]
    return compiled(_GENERAL).search(words) is not None or compiled(_MANNER).search(before) is not None


# ---------------------------------------------------------------- 对象 whom it speaks to

_FORBIDS = (
    r"(?:不得|严禁|禁止|不再|不准|杜绝|防止|避免|免收|免除|免缴|无需|不需|无须|不应|不允许|严肃查处|清理规范|坚决反对|不(?=收|予收))"
    r"(?:(?!的)[^，。；：]){0,30}$"
)
_FORBIDS_ALL = (
    r"(?:不得|严禁|禁止|不准)(?:含有|有|存在|设置|规定|实施|采取|出现|从事)?[^。；]{0,12}(?:下列|以下|如下)[^。；]{0,20}：$"
    r"|(?:清理|整治|纠正|废止|排查|查处|负面清单)[^。；]{0,40}：$"
)
_ORGAN = (
    r"(?:政府|部门|机关|管委会|管理委员会|街道办事处|办公室|领导小组|指挥部|专班|成员单位|工作人员|执法人员|领导干部|公务员"
    r"|责任人员|主管人员|各级|[市区县省]\w{0,8}[局委])(?:及其工作人员|负责人)?(?:、[^，。；]{0,20})?"
    r"(?:应当|应|须|必须|要|可以|可|有权)?$"
)
_OUTSIDER = (
    r"个人|公民|居民|民宿|旅馆|采购方|买方|卖方|交易双方|渔民|养犬人|村民|市民|群众|业主|住户|租户|出租户|承租|房东|车|主办|举办者|组织者|用户|产权人|所有人|使用人|权利人|被征收人|申请人|申报|当事人"
    r"|相对人|投标人|供应商|生产者|销售者|消费者|乘客|旅客|患者|企业|公司|经营|商户|商家|店|工商户|雇主|从业|人员|驾驶员|司机|骑手|家政"
    r"|市场主体|经济组织|社会组织|机构|平台|中介|协会|专家|评委|投资|开发商|合作社|养殖|作坊|工地|学校|家长|学生|家庭|农户|职工|员工|参保"
    r"|老年人|预约|会员|读者|游客|访客|观众|客户|摊位|摊点|摊贩|商贩|小贩|摊主|养犬|饲养|驾驶人|农民|托管|学员|用水|用电|用气|持有人|租户|从事|举办|开办|开设|违者|拒不|(?:用人|占用|挖掘|排污|施工|建设|经营|生产|监理|测绘|业务的|处置|运输)单位|单位和个人"
    r"|流转面积|种植户|租客|门店|商铺|业户|户主|货主|船主|车主|骑行|运营商|外方|施工队|丧主|逾期者|以上者|者，"
    r"|(?:维保|检测|勘察|设计|咨询|餐饮|养殖|娱乐|培训|销售|清运|收运|中标|承包|承建|临街|沿街|承办)单位|(?:建房|装修|居)户|申请[^，。；]{1,8}的单位"
)


_LONGEST_CLAUSE = 400  # characters


def _clause_before(draft: Draft, span: Span) -> str:
    """The words of the clause that stand before the place."""
    sentence = draft.sentence_at(span.start)
    before = draft.folded[max(sentence.start, span.start - _LONGEST_CLAUSE) : span.start]
    return compiled("[，。；：]").split(before)[-1]
