"""The heading of a provision: the words after its label → 违约责任, or nothing where they are a sentence."""

from __future__ import annotations

import re

from reviewer.understanding.labels import Style

_STOPS = re.compile(r"[。;,?!]")
_SENTENCE = re.compile(r"^(?:经|凡|如|若|因|当|除|自|本合同.{4}|本协议.{4}|双方.{6}|[甲乙]方.{10})")
_DUTY = re.compile(r"应当|应[在于按当向]|必须|不得|负责|有权|自.{1,12}[起日]|由.{2,}|下列|如下|以下")
_BRACKETED = re.compile(r"[【\[]\s*([^】\]]{1,30})[】\]]|】?\s*\(([^()]{2,20})\)\s*(?=\S{6})")
_LEAD = re.compile(r"([^\s。;,:、]{2,14})(?::|。(?=.)|\s+(?=[\u4e00-\u9fff]{5}))")


def heading_after(text: str, style: Style) -> str:
    """The short heading of a provision from the folded words after its label; empty where there is none."""
    words = text.strip()
    bracket = _BRACKETED.match(words)
    if bracket and (bracket[1] or style is Style.ARTICLE):
        return (bracket[1] or bracket[2]).strip()
    words = words.removeprefix("】").strip()
    if style in (Style.PART, Style.CHAPTER, Style.SECTION):
        return words if len(words) <= 60 else ""
    if len(words) <= 25 and not _STOPS.search(words):
        bare = words.rstrip(":")
        before, colon, _ = bare.partition(":")
        if colon:
            return before if _short(before) else ""
        if len(bare) > 7 and (_DUTY.search(bare) or _SENTENCE.match(bare)):
            return ""
        introduces = words.endswith(":") and len(bare) > 10
        return "" if introduces or (bare.endswith("的") and not bare.endswith("目的")) or not bare.strip("_ ") else bare
    lead = _LEAD.match(words)
    if (
        lead
        and not _DUTY.search(lead[1])
        and not _SENTENCE.match(lead[1])
        and (words[lead.end() - 1] in ":。" or style in (Style.ARTICLE, Style.DOTTED))
    ):
        return lead[1]
    return ""


def _short(text: str) -> bool:
    return 2 <= len(text) <= 14
