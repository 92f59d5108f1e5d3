"""Lists that the text promises: 下列情形 with nothing after it, 三种情形 with two items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Provision, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled, matches
from reviewer.understanding.numerals import to_int

_THINGS = "情形|情况|条件|行为|材料|事项|内容|原则|职责|文件|资料|要求|程序|进度|文书|单位|人员|项目|标准"
_PROMISE = (
    rf"(?:下列|(?<=[有合备足供交括含照按守取到得及从对将为在由向就因具经除凡，。；：（\s])以下)"
    rf"(?!简?称|统称)(?:[^。；：，\n]{{0,10}}?)(?:{_THINGS})(?:之一)?|如下[^。；，\n]{{0,6}}[：]"
)
_ITEM = compiled(
    r"[（(][一二三四五六七八九十\d][）)]|[①-⑳⑴-⒇⒈-⒛]|(?:^|[\s。；：])[1-9][.、．)]|一是|首先|第一[，、]|[一二三]、"
    r"|[·●■◆•▪-]\s"
)
_FIRST_ITEM = compiled(
    r"\s*(?:[（(][一1aAiI][）)]|[①⑴⒈]|1[.、．)，\s]|一、|一是|首先|第[一1][，、条章]|\d+(?:[.·]\d+)+|表|[-·●■◆•▪])"
)
_EXCEPT = compiled(r"，除[^。；]{0,60}外")  # 包括下列条件，除另有变更外，…: all that the paper says further
_ELSEWHERE = compiled(r"附件|附表|附录|清单|见下|下表|表\s*\d|另附|附后|上述|前述|详见|目录")
_FILES = compiled(r"(?:下列|以下)(?:文件|材料|资料|单证|证件)[^。；\n]{0,20}[：]?\s*$")
_CONDUCT = compiled(r"应当?|不得|有权|必须|可以")
_FILE = compiled(r"书|单|表|图|证|合同|协议|文件|材料|报告|记录|复印件|原件|通知|函|档|清单|凭证|资料")
_ANY_OF = compiled(r"以上|至少|任意|任选|其中")
_COUNT = compiled(
    rf"(?:下列|以下|分为|如下|包括)[^。；：，\n]{{0,6}}?(?P<n>[二两三四五六七八九十2-9])\s*(?:种|个|项|类|点|方面|条)(?:{_THINGS}|方式|阶段|部分|方面)?[^。；\n]{{0,12}}[：]\s*$"
)

_DECIDED = (
    r"(?:会议|议定|研究|讨论|审议|决定|明确|确定|通报|提出)[^。；\n，]{0,12}?(?:以下|下列|如下)?"
    r"(?P<n>[二两三四五六七八九十2-9]|十[一二三四五])\s*(?:个|项|件|条)(?:具体|主要|重点)?(?:问题|事项|议题|议定事项|决定|意见)"
)
PATTERNS = (_PROMISE, _DECIDED)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["missing", "count", "kind"]
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.look == "count":
        yield from _miscounted(draft, options)
        yield from _undecided(draft, options)
        return
    if options.look == "kind":
        yield from _of_another_kind(draft, options)
        return
    for found in matches(_PROMISE, draft):
        span = Span(*found.span())
        provision = draft.provision_at(span.start)
        if provision is None or not in_parts(draft, span, ()) or _in_table(draft, span):
            continue
        if not _fulfilled(draft, provision, span):
            sentence = _sentence_end(draft.folded, span.end, provision.span.end)
            words = draft.text[span.start : min(sentence, span.end + 20)].strip()
            yield Match(span, {"列举": words}, f"“{words}”之后没有列出任何一项", confidence=options.confidence)


def _in_table(draft: Draft, span: Span) -> bool:
    block = draft.document.block_at(span.start)
    return block is not None and block.cell is not None


def _fulfilled(draft: Draft, provision: Provision, span: Span) -> bool:
    """Does anything that could be the list follow: items, text after a colon, further lines, a table, an annex?"""
    if any(c.span.start > span.start for c in provision.children):
        return True
    outer = _outer(draft, provision)
    end = _sentence_end(draft.folded, span.end, outer)
    sentence = draft.folded[span.end : end]
    _, colon, after = sentence.partition(":")
    if (colon and after.strip()) or (span.of(draft.folded).endswith(":") and sentence.strip()):
        return True
    if _EXCEPT.match(sentence):
        return True
    if "_" in sentence or _ITEM.search(sentence) or _ELSEWHERE.search(draft.folded[max(0, span.start - 20) : end]):
        return True
    return bool(draft.folded[end:outer].strip()) or _next_is_list(draft, outer)


def _outer(draft: Draft, provision: Provision) -> int:
    """Where the numbered provision ends that holds a 款: its items may stand in the paragraph after it."""
    holder = next((p for p in draft.articles if provision in p.children and not provision.label), provision)
    return holder.span.end


def _next_is_list(draft: Draft, end: int) -> bool:
    """A list whose first item the structure put elsewhere."""
    return _FIRST_ITEM.match(draft.folded, end) is not None


def _sentence_end(text: str, start: int, limit: int) -> int:
    stop = text.find("。", start, limit)
    if stop < 0:
        stop = text.find("\n", start, limit)
    return limit if stop < 0 else stop + 1


def _of_another_kind(draft: Draft, options: Options) -> Iterator[Match]:
    """下列文件 followed by rules of conduct instead of files."""
    for provision in draft.articles:
        items = [c for c in provision.children if c.label]
        if not items:
            continue
        lead = draft.folded[provision.span.start : items[0].span.start]
        found = _FILES.search(lead)
        first = items[0].span.of(draft.folded).split("\n")[0]
        clause = re.split(r"[,;。]", first.replace("本合同", "").replace("本协议", ""))[0]
        if found is None or not _CONDUCT.search(first) or _FILE.search(clause):
            continue
        end = found.start() + len(found.group().rstrip())
        span = Span(provision.span.start + found.start(), provision.span.start + end)
        because = f"“{span.of(draft.text).strip()}”之后的第一项是“{first[:20]}”"
        yield Match(span, {"列举": span.of(draft.text).strip()}, because, confidence=options.confidence)


def _undecided(draft: Draft, options: Options) -> Iterator[Match]:
    """会议确定了八个具体问题 before 一、 to 六、 of the whole text."""
    for found in matches(_DECIDED, draft):
        wanted, span = to_int(found["n"]), Span(*found.span())
        items = [p for p in draft.provisions if p.label and p.span.start > span.end]
        if wanted is None or wanted == len(items) or len(items) < 2 or items[0].span.start - span.end > 200:
            continue
        if [p.number for p in items] != list(range(1, len(items) + 1)):
            continue
        values = {"所称": found["n"], "所列": str(len(items))}
        because = f"前面说{found['n']}，后面列了{len(items)}项（{items[0].label.strip()}至{items[-1].label.strip()}）"
        yield Match(span, values, because, confidence=options.confidence)


def _miscounted(draft: Draft, options: Options) -> Iterator[Match]:
    for provision in draft.articles:
        items = [c for c in provision.children if c.label]
        if not items:
            continue
        lead = draft.folded[provision.span.start : items[0].span.start].rstrip()
        found = _COUNT.search(lead)
        wanted = to_int(found["n"]) if found else None
        numbers = [c.number for c in items]
        if found is None or wanted is None or _ANY_OF.search(lead):
            continue
        if wanted == len(items) or numbers != list(range(1, len(items) + 1)):
            continue
        span = Span(provision.span.start + found.start(), provision.span.start + found.end())
        values = {"所称": found["n"], "所列": str(len(items))}
        because = f"前面说{found['n']}，后面列了{len(items)}项（{items[0].label.strip()}至{items[-1].label.strip()}）"
        yield Match(span, values, because, confidence=options.confidence)
