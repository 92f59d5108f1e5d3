"""落款: where the parties sign a contract, where issuer and date stand under other papers."""

from __future__ import annotations

import re

from reviewer.domain import Line
from reviewer.understanding.dates import DATE_LINE
from reviewer.understanding.structure import Outline
from reviewer.understanding.titles import is_organisation

_ROLE = (
    r"(?:甲|乙|丙|丁)\s*方|发\s*包\s*[人方]|承\s*包\s*[人方]|分包[人方]|采购[人方]|供应商|供货方|供方|需方|[买卖]方|买受人|出卖人|出租[人方]"
    r"|承租[人方]|委托[人方]|受托[人方]|转让[人方]|受让[人方]|出让[人方]|贷款[人方]|借款[人方]|保证[人方]|担保[人方]|抵押[人方]|赠与[人方]"
    r"|受赠[人方]|捐赠[人方]|征收[人方]|被征收人|定作[人方]|承揽[人方]|许可[人方]|被许可[人方]|托运[人方]|承运[人方]|保管[人方]|存货[人方]"
    r"|特许经营者|项目公司|招标人|投标人|中标人|业主|建设单位|施工单位|监理人|设计人|勘察人|聘[请用]方|受聘方|合作方|代理[人方]"
)
_SEAL = re.compile(
    rf"(?:{_ROLE}|单位|公司|法定代表人|代表人?|代理人|经办人).{{0,40}}(?:盖\s*章|签\s*字|签\s*章|签\s*名|公\s*章)"
)
_SIGN_LINE = re.compile(
    rf"^\W*(?:{_ROLE}|法\s*定\s*代\s*表|法人|委托代理|授权|代表|代理人|负责人|经办|联系|地\s*址|住\s*所|住\s*址|单位|电\s*话|传\s*真|邮|开\s*户|账\s*号|帐\s*号"
    r"|银行|账户|税号|日\s*期|签[订约署]|时\s*间|身份证|统一社会|鉴证|公证|见证|签字|盖章|_|\(|年|\d{2,4}\s*年|[一二]\S{3}年|本合同签|合同签|电挂|户名|印)"
)
_NO_TEXT = re.compile(r"^\W*以下(?:无|没有|为)(?:正文|合同签署|签署|签字|签章)")


def find_signature(outline: Outline, line: Line) -> tuple[int, int] | None:
    """First and last line (inclusive) of the 落款: signatures of a contract, issuer and date of other papers."""
    if line is Line.CONTRACT:
        found = _signing_block(outline)
        if found is not None:
            return found
    return _issuer_and_date(outline)


def _signing_block(outline: Outline) -> tuple[int, int] | None:
    lines, end = outline.lines, outline.main_end
    anchors = [i for i in range(end) if _is_place_to_sign(lines[i].text)]
    anchors += [i for i in range(end) if _NO_TEXT.search(lines[i].text)]
    tail = range(max(end - 12, end * 2 // 3), end)  # names and dates without the word 盖章
    anchors += [
        i
        for i in tail
        if re.match(rf"(?:{_ROLE})\s*(?:\(.{{1,12}}\))?\s*:", lines[i].text) and not _in_sentence(lines[i].text)
    ]
    if not anchors or max(anchors) < end // 4:
        return None
    last = first = max(anchors)
    quiet = 0
    for i in range(first - 1, -1, -1):
        text = lines[i].text
        if i in anchors:
            first, quiet = i, 0
        elif _in_sentence(text) or quiet > 3 or (outline_mark(outline, i) and not _SIGN_LINE.match(text)):
            break
        elif _SIGN_LINE.match(text) and re.match(rf"(?:{_ROLE})|\W*以下", text):
            first, quiet = i, 0
        else:
            quiet += 0 if _SIGN_LINE.match(text) else 1
    for i in range(last + 1, end):
        if (
            lines[i].text.startswith("附")
            or _in_sentence(lines[i].text)
            or not (_SIGN_LINE.match(lines[i].text) or len(lines[i].text) <= 24)
        ):
            break
        if outline_mark(outline, i) and not _SIGN_LINE.match(lines[i].text):
            break
        last = i
    return first, last


def _is_place_to_sign(text: str) -> bool:
    if "章" not in text and "签" not in text:  # quicker to see than the whole pattern
        return False
    return len(text) < 200 and _SEAL.search(text) is not None and not _in_sentence(text)


def outline_mark(outline: Outline, index: int) -> bool:
    return any(m.line == index for m in outline.marks)


def _in_sentence(text: str) -> bool:
    """A clause about signing rather than a place to sign: 经双方签字盖章后生效。"""
    return bool(re.search(r"。\s*\S{0,6}$", text) and len(text) > 16) or bool(
        re.search(r"生效|双方.{0,6}签|签[字章订]后|之日起|应当?|须", text)
    )


def _issuer_and_date(outline: Outline) -> tuple[int, int] | None:
    """The first lines of an issuer with a date under them; in the body where the notice has none."""
    lines, start = outline.lines, (outline.title.last + 1 if outline.title else 0)
    body = outline.body_title.first if outline.body_title else outline.main_end
    ranges = [(start, body), (body, outline.main_end)]
    if outline.title and any("令" in x.text for x in lines[: outline.title.first]):  # 令: name and date stand before
        ranges.insert(0, (0, outline.title.first))
    for low, high in ranges:
        dates = [i for i in range(low, high) if DATE_LINE.match(lines[i].text) and len(lines[i].text) < 60]
        dates = [i for i in dates if not re.search(r"印发$|施行|生效|签订地", lines[i].text)] or dates
        if not dates:
            continue
        last = dates[0] if high <= body and high < outline.main_end else dates[-1]
        first = last
        while first > low and last - first < 12 and _is_signer(lines[first - 1].text):
            first -= 1
        if first < last or last >= outline.main_end - 8 or high <= body:
            return first, last
    return _seal_at_end(outline)


def _is_signer(text: str) -> bool:
    return is_organisation(text) or (
        len(text) <= 60
        and bool(re.match(r"(?:市|省|县|区|局|厅|主)\s*长\s*:|主\s*任\s*:|\(?(?:公\s*章|印章|盖章)", text))
    )


def _seal_at_end(outline: Outline) -> tuple[int, int] | None:
    lines = outline.lines
    for i in range(outline.main_end - 1, max(-1, outline.main_end - 8), -1):
        if re.match(r"\(?\s*(?:公\s*章|印\s*章|盖\s*章|加盖)", lines[i].text):
            return i, outline.main_end - 1
    return None
