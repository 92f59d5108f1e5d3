"""Places left to be filled in: underscores, empty brackets, gaps before a unit, ××, template variables, unticked boxes.

All places of a document are one finding. Lines for signature, seal and date are meant to be empty and stay silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts, place_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled, matches

_UNIT = (
    r"(?:个月|个工作日|个自然日|日历天|平方米|种方式|万元|亿元|小时|元|％|‰|日(?!期|常)|天|年(?!度|龄)|月(?!份|薪)|份(?!额)|条(?!件|款)|款|种"
    r"|项(?!目)|人(?!民|数|员|力)|台|套|级|倍|次(?!序)|名(?!称|字)|亩)"
)
_LEAD = r"(?<=[为第计自于至在的共约：￥¥过到期率每达即费额式付由限按积])"
_FORMS = (
    r"_{2,}(?:\s*_+)*|某年某月(?:某日)?",
    r"【\s*】|\[\s*\]|（\s{1,}）|（）",
    rf"{_LEAD}(?:[^\S\n]?[ ]{{2,}}(?={_UNIT}|[，；。、）])|[ ](?=万元|亿元|平方米|亩|％|个工作日|日历天))",
    r"[ ](?<=[计共币额款] )[ ]*(?=元[，。；、（）整\n])",
    r"20[xX×]{2}年",
    r"二[0〇零○]{2}年(?!代)",
    r"(?<=[据照按为])-{4,}",
    r"(?<=[一-龥])\*{3,}(?=[一-龥])",
    r"(?<=[为：第是])[ ]{6,}(?=从|自|起|按|作为|支付|[以之]?[内前后](?!容))",
    r"(?<=[自于至在到从限止])\s{0,12}年\s{0,8}月\s{0,8}日",
    r"年(?<![\d一二三四五六七八九十〇零_生立订成日 ]年)\s*月\s*日(?=前|起|至|止|向|收到|作出)",
    r"[为第](?P<at>(?<=期限为)\s{0,8}(?:个月|个工作日|年|日)|(?<=[期费款金]为)\s{0,8}(?:％|元)"
    r"|(?<=第)\s{0,8}(?:条|款|项|种方式)(?=规定|约定|的规定|之规定|办理|执行|[，。；]))",
    r"的规定(?:(?<=违反的规定)|(?<=违反了的规定)|(?<=[依按]照的规定)|(?<=[根依]据的规定))|(?<=因)行为，|(?<=行为)为。",
    r"\{\{[^{}\n]{1,60}\}\}|\{%[^%\n]{1,80}%\}|\$\{[^{}\n]{1,60}\}|<<[^<>\n]{1,40}>>",
    r"[\[【][^\[\]【】\n]{0,14}(?:填写|填入|待填|待定|请输入|此处|插入|待补充)[^\[\]【】\n]{0,12}[\]】]",
    r"（[^（）\n]{0,10}(?:填写|填入|待填|待补充|待定|请输入)[^（）\n]{0,12}）|待填写?|待补充(?=[，。；）\n])|(?<=[：为])\s*待定|另行填写(?=[，。；、）\n])|\bTBD\b",
)
_CROSSES = compiled(
    r"×{2,}|✕{2,}|╳{2,}|(?<![A-Za-z\d×])[xX]{2,}(?![A-Za-z\d])|(?<![A-Za-z\d×)])[xX×](?=％|元|年|月|日|万元|号)"
    r"|(?<![一二九])○{2,}(?![年一二三四五六七八九])"
)
_SINGLE = compiled(r"(?<=[一-龥：（])_(?=[一-龥，。；、％）])")
_CROSS_SIGNS = "×✕╳xX○"
"""××公司 stands for a name to be filled in; in a telephone number it hides one."""
_PRESCRIBED = compiled(r"(?:以下|下列|如下)(?:陈述|声明|字样|表述|文字|内容)[：]?\s*\Z")
"""A wording that others are to use: 应增加以下陈述：××会计师事务所…"""
_DOUBLE = re.compile(r"_{4,}")
_INSTRUCTIONS = (
    r"（[^（）\n]{0,14}(?:根据(?:项目|实际|具体|本次)?(?:采购|工程)?情况(?:可选|选择|选填|填写|勾选|删减|调整|增减)|二选一|任选[其一]|选填|可选择适用"
    r"|请(?:填写|选择|删除|勾选|根据)|须注明按|填写说明)[^（）\n]{0,40}）"
    r"|删除不适用[^。；\n]{0,10}|不适用(?:的|者)?(?:条款)?请?(?:删除|划去|划掉)|直接(?:做|填)[^。；，\n]{0,4}即可|(?:合同|文本)?末尾粘贴|(?:此处|在此)(?:粘贴|插入)"
    r"|[一二三四]选一"
)
PATTERNS = (*_FORMS, _INSTRUCTIONS)
_MASKED = compiled(
    r"电\s*话|手\s*机|联系方式|传\s*真|身份证|证\s*号|账\s*号|帐\s*号|邮\s*箱|邮\s*编|邮政编码|信\s*箱|号\s*码|@"
)
_SEAL = re.compile(r"盖\s*章|签\s*章|签\s*字|签\s*名|公\s*章|印\s*章")
_LABELLED = re.compile(r"第.{1,4}条|[一二三四五六七八九十]+、|\d+[.、]")
_STOPS = re.compile(r"[。;]")
_FOR_OTHERS = compiled(r"以下由[^。\n]{2,20}(?:填写|填)")
_DATE_LINE = re.compile(
    r"[\s_\d年月日:()\-—.]*(?:(?:签[订署约]|日|时|合同|本)[^\s:]{0,6}[:\s]?)?[\s_\d年月日:()\-—.×xX]*"
)
_PARTY = compiled(
    r"(?:甲|乙|丙|丁)\s*方\s*(?:（[^（）\n]{0,14}）)?\s*(?:名称|全称|单位|单位名称|姓名)?(?:（[^（）\n]{0,14}）)?\s*：\s*$|(?:发包|承包|分包|采购|委托|受托|出租|承租|出让|受让|转让|买|卖|供|需|出卖|买受|借款|贷款|供货|服务"
    r"|托运|承运|定作|承揽|存货|保管|寄存|预约|承约|许可|招标|投标|保证|捐赠|受赠|联营)[人方商]?"
    r"(?:（[^（）]{1,6}）)?\s*：\s*$|(?:供应商|(?:建设|施工|设计|勘察|监理|用地)单位)\s*：\s*$"
    r"|^\s*(?:发包|承包|委托|受托|出租|承租|出让|受让|转让|出卖|买受|借款|贷款|托运|承运|定作|承揽)[人方]\s*$"
)
_PARTY_AFTER = compiled(r"\s*（?[^（）\n，。]{0,10}）?\s*(?:（(?:以下)?(?:简称|称)?|[，、]?以下简?称)为?[“]?[甲乙丙]方")
_MONEY_BEFORE = compiled(
    r"(?:总价|价款|金额|租金|总额|报酬|大写|小写|人民币|造价|单价|货款|总费用|服务费|￥|¥)[^。；\n]{0,14}$"
)
_MONEY_AFTER = compiled(r"\s*(?:万|亿)?元|\s*）?\s*[，。；]|\s*（?大写")
_DISPUTE = compiled(r"仲裁|人民法院|争议|起诉|诉讼")
_PRICE_CHOICE = compiled(r"补偿|付款|计价|结算|支付方式")
_BOX = compiled(r"[□☐▢]")
_TICKED = compiled(r"[☑☒■√✓✔◼▣]|\[[xX√]\]")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["decisive", "other", "unticked", "instructions"]
    least: int = 1  # places from which the document counts as unfinished
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.look in ("decisive", "other"):
        yield from _left_open(draft, options)
        return
    if options.look == "unticked":
        spans = list(_unticked(draft))
    else:
        spans = [Span(*m.span()) for m in matches(_INSTRUCTIONS, draft)]
        spans = [s for s in spans if in_parts(draft, s, ())]
    yield from _together(draft, spans, [], options)


def _left_open(draft: Draft, options: Options) -> Iterator[Match]:
    """The decisive blanks with all others beside them; the others by themselves only where none is decisive."""
    found = draft.once("blanks", lambda: _judged(draft))
    decisive = [_shown(draft, s) for s, is_decisive in found if is_decisive]
    others = [_shown(draft, s) for s, is_decisive in found if not is_decisive]
    if options.look == "decisive":
        yield from _together(draft, decisive, others, options)
    elif not decisive:
        yield from _together(draft, others, [], options)


def _judged(draft: Draft) -> list[tuple[Span, bool]]:
    """Every blank that is to be filled in, and whether it is decisive."""
    found = list(blanks(draft))
    silent = _silent_lines(draft) if found else []
    return [(s, _decisive(draft, s)) for s in found if not (_within(silent, s.start) or _of_a_bidder(draft, s))]


def _of_a_bidder(draft: Draft, span: Span) -> bool:
    """The name of whoever wins, in the contract that a tender offers: ____（中标人名称）."""
    return draft.folded[span.end : span.end + 20].lstrip().startswith(("(中标", "(成交", "(投标", "(供应商名称"))


def _together(draft: Draft, spans: list[Span], beside: list[Span], options: Options) -> Iterator[Match]:
    """All places with one message; those beside the point are less sure, so that they do not lead the finding."""
    if not spans or len(spans) < options.least:
        return
    total = len(spans) + len(beside)
    values = {
        "处数": str(len(spans)),
        "总数": str(total),
        "示例": "、".join(f"“{_short(draft, s)}”" for s in spans[:3]),
    }
    because = f"全文共{total}处未填"
    yield from (Match(s, values, because, confidence=options.confidence) for s in spans)
    yield from (Match(s, values, because, confidence=options.confidence / 2) for s in beside)


def _is_form(draft: Draft, span: Span) -> bool:
    """An application form or table attached to a document of government is for others to fill in."""
    return draft.line.value != "contract" and in_parts(draft, span, ("attachments",))


def blanks(draft: Draft) -> Iterator[Span]:
    """Every blank, in the order of the text; one inside or right after another counts once."""
    found = [place_of(m) for form in _FORMS for m in matches(form, draft)]
    if any(cross in draft.folded for cross in _CROSS_SIGNS):
        found += [Span(*m.span()) for m in _CROSSES.finditer(draft.folded) if not _masks(draft.folded, m)]
    if "_" in draft.folded:
        found += [Span(*m.span()) for m in _SINGLE.finditer(draft.folded)]
    end = -1
    for span in sorted(found):
        start, stop = span.start, span.end
        if start < end + 2 or not in_parts(draft, span, ()):
            end = max(end, stop) if start < end + 2 else end
            continue
        if not _is_form(draft, span):
            end = stop
            yield span


_LONGEST_QUOTATION = 1_000  # characters in which the mark that opens it is looked for


def _masks(text: str, crosses: re.Match[str]) -> bool:
    """Do crosses hide a number, or belong to a name that is a pattern?"""
    start, stop = crosses.span()
    if _PRESCRIBED.search(text, max(0, start - 40), start):
        return True
    return stop - start > 6 or _quoted(text, start) or _MASKED.search(text, max(0, start - 14), stop + 1) is not None


def _quoted(text: str, at: int) -> bool:
    """A name that is a pattern: 授予“××市示范基地”."""
    line = text[max(0, at - _LONGEST_QUOTATION) : at].rpartition("\n")[2]
    return line.rfind("“") > line.rfind("”") or line.rfind("《") > line.rfind("》")


def _shown(draft: Draft, span: Span) -> Span:
    """The blank with the words beside it, so that a person sees what is missing."""
    ahead = draft.folded[max(0, span.start - 12) : span.start].rpartition("\n")[2]
    before = re.search(r"(?:[甲乙丙丁]\s{1,4})?[^\s,。;、{}_%]{0,12}$", ahead)
    after = re.match(rf"(?:{_UNIT_FOLDED})?", draft.folded[span.end : span.end + 6])
    return Span(span.start - (len(before.group()) if before else 0), span.end + (after.end() if after else 0))


_UNIT_FOLDED = _UNIT.replace("％", "%")


def _short(draft: Draft, span: Span) -> str:
    return _DOUBLE.sub("____", re.sub(r"\s{2,}", "  ", span.of(draft.text).strip()))[:24]


def _decisive(draft: Draft, span: Span) -> bool:
    """Is it a party, the price or the choice of court that is left open?"""
    text = draft.folded
    before, after = text[max(0, span.start - 24) : span.start].rsplit("\n", 1)[-1], text[span.end : span.end + 24]
    if (_PARTY.search(before) or _PARTY_AFTER.match(after)) and draft.line.value == "contract":
        return True
    if _MONEY_BEFORE.search(before) and _MONEY_AFTER.match(after):
        return True
    around = text[max(0, span.start - 60) : span.end + 60]
    choice = re.match(r"\s*\)?\s*(?:种|项|仲裁|人民法院)", after)
    if choice is None:
        return False
    if before.rstrip("( ").endswith("第") and _PRICE_CHOICE.search(before[-16:] + after[:16]):
        return True
    return _DISPUTE.search(before + text[span.end : span.end + 60]) is not None and ("仲裁" in around or "诉" in around)


# ---------------------------------------------------------------- where blanks are meant to be


def _silent_lines(draft: Draft) -> list[Span]:
    """Lines for signature, seal and date, and the form lines round them."""
    text = draft.folded
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    lines = [s for s in lines if s.of(text).strip()]
    silent = {n for n, s in enumerate(lines) if _DATE_LINE.fullmatch(s.of(text))}
    if draft.parts.signature is not None:
        silent |= {n for n, s in enumerate(lines) if draft.parts.signature.overlaps(s)}
    for n in (n for n, s in enumerate(lines) if _is_seal_line(s.of(text))):
        silent.add(n)
        for step in (1, -1):
            at = n + step
            while 0 <= at < len(lines) and abs(at - n) <= 12 and _is_form_line(lines[at].of(text)):
                silent.add(at)
                at += step
    for found in _FOR_OTHERS.finditer(text):
        silent |= {n for n, s in enumerate(lines) if found.start() <= s.start < found.end() + 800}
    return [lines[n] for n in sorted(silent)]


def _is_seal_line(line: str) -> bool:
    return len(line) < 160 and _SEAL.search(line) is not None and _STOPS.search(line) is None


def _is_form_line(line: str) -> bool:
    """A label with room beside it, and no sentence or numbered clause."""
    words = line.strip()
    if len(words) >= 120 or re.search(r"[。;,]", words) or _LABELLED.match(words):
        return False
    return re.search(r"[:_]|年\s*月|\s{4,}", words) is not None


def _within(spans: list[Span], offset: int) -> bool:
    return any(s.start <= offset < s.end for s in spans)


def _unticked(draft: Draft) -> Iterator[Span]:
    """The first box of each group in which nothing is ticked; a group ends at a line without boxes."""
    group: list[Span] = []
    ticked = False
    for block in draft.document.blocks:
        text = block.span.of(draft.folded)
        boxes = [Span(block.span.start + m.start(), block.span.start + m.end()) for m in _BOX.finditer(text)]
        if boxes or _TICKED.search(text):
            group += boxes
            ticked = ticked or bool(_TICKED.search(text))
            continue
        yield from _first(draft, group, ticked)
        group, ticked = [], False
    yield from _first(draft, group, ticked)


def _first(draft: Draft, group: list[Span], ticked: bool) -> Iterator[Span]:
    if len(group) < 2 or ticked:
        return
    first = group[0]
    rest = re.match(r"[^\n□☐▢。;]{0,16}", draft.folded[first.end :])
    span = Span(first.start, first.end + (len(rest.group().rstrip()) if rest else 0))
    if in_parts(draft, span, ()) and not _is_form(draft, span):
        yield span
