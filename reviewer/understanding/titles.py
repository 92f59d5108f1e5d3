"""The title of a document among its first lines, and of the document that a notice forwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.understanding.labels import Style, label_of
from reviewer.understanding.lines import TextLine


@dataclass(frozen=True, slots=True)
class Title:
    """The words of a title and the lines (inclusive) that it stands in."""

    text: str
    first: int
    last: int


NUMBER = re.compile(r"[\u4e00-\u9fff]{1,18}[〔\[﹝【(［]\s*(?:19|20)\d{2}\s*[〕\]﹞】)］]\s*第?\s*\d{1,6}\s*号")
"""文号: 渝府发〔2024〕26号, also with the wrong brackets."""

_ENDING = (
    r"(?:合同|协议)书?(?:样本|样式|范本|示范文本|文本|模板)?|(?:保险|服务|交易)条款|协定|契约|意向书|备忘录|确认书|责任书|保证书|承诺书|授权书|合同条款|合同条件"
    r"|通知|决定|意见|办法|规定|细则|条例|规则|规范|标准|基准|规程|制度|方案|规划|计划|预案|指南|指引|措施|公告|通告|通报|批复|复函|函"
    r"|请示|报告|纪要|议案|答复|命令|章程|准则|目录|清单|政策|守则|要点|说明|草案|送审稿|征求意见稿|解释|解读|办法实施"
    r"|决定书|告知书|通知书|催告书|意见书|建议书|裁决书|审批表|审查表|笔录|公约|须知|议程|交办单|任务分解表?|情况表|督办单"
    r"|招标文件|磋商文件|谈判文件|询价通知书|采购文件|比选文件|招标公告|采购公告|投标须知|竞价文件|遴选文件|若干规定|工作规则"
)
_TITLE_END = re.compile(
    rf"(?:{_ENDING})\s*(?:[(（\[〔《【][^()]{{1,24}}[)）\]〕》】]\s*)*(?:[一二三四五六七八九十]|之[一二三四五])?$"
)
_SITE = re.compile(r"\s*[-–—_|]+\s*[^-–—_|]{0,30}(?:网站|政府网|网|平台)$")
_NOT_TITLE = re.compile(
    r"[。;!?]|,.*,|^http|^根据|^依照|^依据|^为了?|^按照|^现将|^填\s*写\s*说\s*明|^法律法规查询|示范文本说明|^(?:目\s*录)$"
)
_ORG = re.compile(
    r"(?:政府|委员会|管委会|党工委|工委|市委|县委|区委|省委|局|厅|办公室|办公厅|部|署|院|处|所|中心|总队|支队|大队|法院|检察院|街道办事处|办事处|常委会"
    r"|国务院|领导小组|指挥部|联席会议|公司|集团|银行|分行|支行|大学|学院|协会|学会|医院|会)$"
)


def compact(text: str) -> str:
    """Without white space and 《》, to compare titles."""
    return re.sub(r"[\s《》〈〉]", "", text)


def is_organisation(text: str) -> bool:
    names = re.split(r"\s{1,}|、", text.strip())
    return (
        bool(text) and len(text) <= 120 and all(not n or _ORG.search(n) for n in names) and not _NOT_TITLE.search(text)
    )


def looks_like_title(text: str) -> bool:
    """A short line without the punctuation of a sentence that ends in the name of a kind of document."""
    text = _SITE.sub("", text)
    return (
        2 <= len(text) <= 90
        and not _NOT_TITLE.search(text)
        and not re.search(r":|_{2,}", re.sub(r"^[^:]{1,12}(?:项目|工程):", "", text))
        and bool(_TITLE_END.search(text))
    )


_SHORT = 7


def find_title(lines: Sequence[TextLine], outside: frozenset[int] = frozenset()) -> Title | None:
    """The title: of one line, or of several that belong together; the formatted one where the first line repeats it."""
    head = [i for i in range(min(len(lines), 45)) if i not in outside and not lines[i].aside]
    found = _first_title(lines, head)
    if found is None:
        return _plain_title(lines, head)
    return _with_stage(lines, _repeated(lines, head, found) or found)


_STAGE = re.compile(
    r"\((?:.{0,6}(?:草案|审议稿|送审稿|征求意见稿|讨论稿|修订稿|修正案|报批稿|试行|暂行|范本|示范文本|修订).{0,4})\)"
)


def _with_stage(lines: Sequence[TextLine], title: Title) -> Title:
    """（草案） on a line of its own under the title belongs to it."""
    below = lines[title.last + 1].text if title.last + 1 < len(lines) else ""
    return Title(title.text + below, title.first, title.last + 1) if _STAGE.fullmatch(below) else title


def _first_title(lines: Sequence[TextLine], head: Sequence[int]) -> Title | None:
    for position, i in enumerate(head):
        text = lines[i].text
        if lines[i].table and (" | " in text or "│" in text or "┃" in text):
            continue
        label = label_of(text)
        if label is not None and position and label[0] in (Style.ARTICLE, Style.CHAPTER, Style.DUN):
            return None
        if looks_like_title(text) and (label is None or label[0] is Style.BARE):
            return _with_lines_before(lines, head, position, Title(_SITE.sub("", text), i, i))
        if ("关于" in text or text.startswith(("印发", "转发"))) and not _NOT_TITLE.search(text) and len(text) <= 90:
            joined = text
            for j in head[position + 1 : position + 5]:
                joined += lines[j].text
                if looks_like_title(joined) and len(joined) <= 160:
                    return _with_lines_before(lines, head, position, Title(joined, i, j))
                if len(lines[j].text) > 60 or _NOT_TITLE.search(lines[j].text):
                    break
    return None


def _with_lines_before(lines: Sequence[TextLine], head: Sequence[int], position: int, title: Title) -> Title:
    """Issuers over 关于…, the name of a project over 招标文件, the first half of a broken title."""
    first, text = title.first, title.text
    for i in reversed(head[:position]):
        before = lines[i].text
        if lines[i].table or len(before) > 60 or _NOT_TITLE.search(before) or NUMBER.search(before) or ":" in before:
            break
        if re.search(r"^\(.*\)$|^\d|令$|号$|^[\W_]+$", before) and not re.match(r"(?:19|20)\d\d年", before):
            break
        if is_organisation(before) and (
            text.startswith(("关于", "印发", "转发")) or is_organisation(text.split(" ")[0])
        ):
            text, first = (before + text if text.startswith(("关于", "印发", "转发")) else f"{before} {text}"), i
            continue
        short = len(title.text) <= _SHORT and not looks_like_title(before) and not is_organisation(before)
        if short and len(before) >= 4 and first == title.first:
            text, first = before + text, i
        break
    return Title(text, first, title.last)


def _repeated(lines: Sequence[TextLine], head: Sequence[int], title: Title) -> Title | None:
    """Files from web sites give the title first and then the document with its title: the second one counts."""
    wanted = compact(title.text)
    for position, i in enumerate(head):
        if i <= title.last or lines[i].table:
            continue
        joined = ""
        for j in head[position : position + 6]:
            joined += compact(lines[j].text)
            if joined == wanted:
                return Title(title.text, i, j)
            if not wanted.startswith(joined):
                break
    return None


def _plain_title(lines: Sequence[TextLine], head: Sequence[int]) -> Title | None:
    """A first line that could be a title although it names no kind of document."""
    for i in head[:5]:
        text = lines[i].text
        if lines[i].table or len(text) < 3 or _NOT_TITLE.search(text):
            continue
        if len(text) <= 50 and not re.search(r"[。;,:!?_]|^\d|^\(", text) and not is_organisation(text):
            return Title(_SITE.sub("", text), i, i)
        if len(text) > 60:
            return None
    return None


def issuer_in(title: str) -> str:
    """The bodies before 关于 or 印发 in a title, joined by spaces."""
    found = re.match(r"(.{2,120}?)(?:关于|印发|转发|批转|公布|发布)", title)
    if found is None:
        return ""
    names = [n for n in re.split(r"[\s、_]+", found[1]) if n]
    return " ".join(names) if names and all(_ORG.search(n) for n in names) else ""


_FORWARDED = re.compile(r"(?:印发|转发|发布|公布|批转|颁布|下发)(.{4,100}?)(?:等.{0,12})?的?(?:通知|公告|决定|函|令)$")


def find_body_title(lines: Sequence[TextLine], title: Title | None, outside: frozenset[int]) -> Title | None:
    """The title of what the notice forwards, where it stands in the same file."""
    if title is None or re.search(r"(?:合同|协议|文件)书?(?:\(.*\))?$", title.text):
        return None
    names = {compact(re.sub(r"^.{2,60}?关于(?=.)", "关于", m[1])) for m in [_FORWARDED.search(title.text)] if m}
    names |= {compact(m[1]) for m in [_FORWARDED.search(title.text)] if m}
    for line in lines[: min(len(lines), 40)]:
        if re.search(r"印发|转发|公布|发布|通过|同意|批准|施行", line.text):
            names |= {compact(n) for n in re.findall(r"《([^》]{4,90}(?:〈[^〉]*〉[^》]*)?)》", line.text)}
    names -= {compact(title.text), ""}
    if not names:
        return None
    for i in range(title.last + 1, len(lines)):
        if i in outside or lines[i].table or len(lines[i].text) > 70:
            continue
        joined, words = "", ""
        for j in range(i, min(i + 4, len(lines))):
            joined += compact(lines[j].text)
            words += lines[j].text
            if any(joined == n or _same(joined, n) for n in names):
                return Title(words, i, j)
            if not any(n.startswith(joined) or joined in n for n in names):
                break
    return None


def _same(written: str, wanted: str) -> bool:
    """Equal but for a trailing （试行）, or for 关于 and the issuer before it."""
    bare = re.sub(r"\([^()]{1,12}\)$", "", written)
    return len(bare) >= 6 and (
        bare == re.sub(r"\([^()]{1,12}\)$", "", wanted)
        or (wanted.endswith(written) and len(written) * 10 >= len(wanted) * 6)
    )
