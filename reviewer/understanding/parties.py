"""Who the parties are and what the draft calls things: 甲方（采购人）：某某局, （以下简称“管理中心”）."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.domain import DefinedTerm, Party, Span

_SIDES = r"[甲乙丙丁戊]\s{0,6}方"
_ROLES = (
    r"发\s?包\s?[人方]|总?承\s?包\s?[人方]|总包[人方]?|分包[人方]|采购[人方]|采购单位|供应商|供货商|供货方|[供需]\s{0,6}方|购方|[买卖]\s{0,6}方|买受[人方]|出卖[人方]|出租[人方]"
    r"|承租[人方]|委托[人方]|委托单位|受托[人方]|受委托[人方]|转让[人方]|受让[人方]|出让[人方]|贷款[人方]|借款[人方]|保证[人方]|担保[人方]|抵押[权]?[人方]|质押[人方]|出质人|质权人"
    r"|赠与[人方]|受赠[人方]|捐赠[人方]|征收[人方]|征收部门|征收单位|被征收[人方]|拆迁[人方]|被拆迁[人方]|定作[人方]|承揽[人方]|许可[人方]|被许可[人方]|托运[人方]|承运[人方]|保管[人方]|寄存[人方]|存货[人方]"
    r"|特许经营者|授权方|项目公司|实施机构|招标[人方]|招标单位|招标代理机构|采购代理机构|代理机构|投标[人方]|中标[人方]|业主|建设单位|施工单位|监理[人方]|监理单位|设计[人方]|设计单位"
    r"|勘察[人方]|测绘单位|聘[请用]方|受聘方|服务方|服务单位|投资[人方]|合作方|用人单位|物业服务(?:人|企业)|顾问方|咨询[人方]|咨询单位|见证[人方]|丙方"
    r"|当事人|被处罚人|被处罚单位|被检查[人单位]{1,2}|行政相对人|申请人|被申请人"
)
_ROLE = rf"(?:{_SIDES}|{_ROLES})"
_HEAD = re.compile(
    rf"(?<![^\s|:;])(?:\d+(?:\.\d+)*[.、]?\s*)?(?P<role>{_ROLE})\s*(?P<alias>\([^()\n]{{1,24}}\)|/{_ROLE})?\s*"
    rf"(?P<seal>\(\s*(?:盖\s?章|签\s?[章字名]|公\s?章|全称|名称|单位|法人|个人|自然人)[^()\n]{{0,12}}\)|盖章|签章|签字)?\s*:(?P<rest>[^\n]*)",
)
_NAMED_BELOW = re.compile(
    rf"(?:^|\n)\s*(?:\d+(?:\.\d+)*[.、]?\s*)?(?P<role>{_ROLE})\s*(?P<alias>\([^()\n]{{1,16}}\))?\s*:?\s*\n[^\n]{{0,20}}?(?:单位名称|公司名称|企业名称|名\s*称|姓\s*名)\s*:(?P<rest>[^\n]*)"
)
_STOP = re.compile(
    rf"\s{{2,}}|\s(?=为[^\s]{{2}}|根据|依照|鉴于|就|经)|\s*\|\s*|\s*[,;。]\s*|\((?:以下|下称|下文|简称|盖\s*章|签|公章|个人或|单位或|委托|甲|乙|需方|供方|买方|卖方|统一)|以下(?:简)?称"
    rf"|\s(?:{_ROLE}\s*(?:\([^()]{{1,12}}\))?\s*:)|\s*(?:法\s*定\s*代\s*表|法人代表|授权|委托代理|统一社会|地\s*址|住\s*所|住\s*址|联系|电\s*话|开\s*户|账\s*号|帐\s*号|税\s*号|邮编|日\s*期|代表人|负责人|签字|盖\s*章)"
    rf"|{_SIDES}\s*(?:\([^()]{{1,12}}\))?\s*:"
)
_BLANK = re.compile(r"^(?:[_\s\-—×xX*＿…]*|[{【\[<].*[}】\]>]|\(.*\)|某{2,}|X+)$")
_CLAUSE = re.compile(
    r"应当?|须|不得|有权|负责|承担|保证(?!.*(?:公司|中心))|提供|支付|按照|根据|同意|违约|未按|如|若|因|自行|由.{2,}|应于|的(?:权利|义务|责任)"
)
_ALIAS = re.compile(rf"^{_ROLE}$")
_FOLLOWING_ALIAS = re.compile(
    r"(?:(?:以下|下文)(?:统|合)?(?:简称为?|称为?)|下称|简称)[:为]?\s*[\"“‘「]?([^\"”’」()\[\]\s,;。:]{1,20})[\"”’」]?"
)

_SIDE_BESIDE = re.compile(r"\s*\(\s*([甲乙丙丁]方)\s*\)")
"""After the name: 监理人：某某公司（乙方）."""


def parties_in(
    text: str, folded: str, *, head_end: int, signature: Span | None, attachments: Sequence[Span] = ()
) -> Iterator[Party]:
    """Parties by role: `head` before the first provision, `signature` in the signature block.

    Inside attachments the place is `attachment`; role labels in the middle of the body are not parties.
    """
    found: list[Party] = []
    spots: set[int] = set()
    heads = tuple(_HEAD.finditer(folded))
    for match in (*heads, *_labels_inside_lines(folded, heads), *_NAMED_BELOW.finditer(folded)):
        place = _place(match.start("role"), head_end, signature, attachments, folded, match)
        party = _party(match, text, place) if place else None
        if party is not None and match.start("role") not in spots:
            spots.add(match.start("role"))
            found.append(party)
    found.sort(key=lambda p: (p.span.start, p.span.end))
    yield from found


def _labels_inside_lines(folded: str, heads: Sequence[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Further roles on the same line: 甲方：某局    乙方：某公司."""
    for line in heads:
        at = line.start("rest")
        while inner := _HEAD.search(folded, at, line.end("rest")):
            yield inner
            at = max(inner.start("rest"), at + 1)


def _place(
    at: int, head_end: int, signature: Span | None, attachments: Sequence[Span], folded: str, match: re.Match[str]
) -> str:
    if any(a.start <= at < a.end for a in attachments):
        return "attachment"
    if signature is not None and signature.start <= at < signature.end:
        return "signature"
    if at < head_end:
        return "head"
    if match.groupdict().get("seal") or re.search(r"\(\s*盖\s*章|\(\s*公\s*章|\(\s*签", match["rest"][:60]):
        return "signature"
    if match.re is _NAMED_BELOW:
        return "head"
    return ""


def _party(match: re.Match[str], text: str, place: str) -> Party | None:
    rest = match["rest"]
    start = match.start("rest")
    lead = len(rest) - len(rest.lstrip(" "))
    body = rest[lead:]
    stop = _STOP.search(body)
    name = body[: stop.start()] if stop else body
    name = name.rstrip(" :、_")
    role = re.sub(r"\s", "", match["role"])
    aliases = list(_aliases(match["alias"], role))
    following = _FOLLOWING_ALIAS.search(rest[:120])
    if following and following[1] not in (role, *aliases):
        aliases.append(following[1])
    elif beside := _SIDE_BESIDE.match(body, len(name)):
        aliases.append(beside[1])
    if _BLANK.match(name):
        return Party(Span(start + lead, start + lead + len(name.rstrip())), role, "", place, tuple(aliases))
    plain = name.strip("《》“”\"'_ ")
    if len(plain) > 50 or _CLAUSE.search(plain) or len(plain) < 2:
        return None
    offset = start + lead + name.index(plain)
    return Party(Span(offset, offset + len(plain)), role, text[offset : offset + len(plain)], place, tuple(aliases))


def _aliases(group: str | None, role: str) -> Iterator[str]:
    if not group:
        return
    for word in re.split(r"[、/,\s]+", group.strip("()/ ")):
        word = re.sub(r"^(?:以下)?(?:简称|称为|称|即)[:为]?|[\"“”]", "", word)
        if (
            word
            and word != role
            and (_ALIAS.match(word) or len(word) <= 6)
            and not re.search(r"盖章|签[字章名]|公章|全称|名称", word)
        ):
            yield word


# ---------------------------------------------------------------- 简称 defined terms

_TERM = re.compile(
    r"(?P<open>\(\s*)?(?:以下|下文|后文|下|本合同中?|本办法中?|在本合同中)?(?:统一?|合|并)?(?:简称|称为|统称|合称|(?<=下)称|(?<=统)称)(?:为|作)?\s*:?\s*"
    r"(?P<quote>[\"“‘「『《])?(?P<term>[^\"”’」』》()。,;、\n\s:]{1,24})(?P<close>[\"”’」』》])?"
    r"(?:\s*(?:或|和|、)\s*[\"“‘「《](?P<other>[^\"”’」》()。,;\n]{1,24})[\"”’」》])?"
)
_CALLED = re.compile("简称|称为|统称|合称|下称")  # one of these is in every definition
_BOUNDARY = re.compile(r"[,。;:!?、\s()“”]|(?:所称|根据|依据|按照|依照|由|与|和|及|对|将|是|指|为)")
_NOT_TERM = re.compile(r"^(?:为|的|之|是|所|应|可|在|有|该|其)")


def terms_in(text: str, folded: str) -> Iterator[DefinedTerm]:
    """Defined terms with the wording that they stand for."""
    for found in _definitions(folded):
        term = text[found.start("term") : found.end("term")].strip()
        quoted = found["quote"] is not None and found["close"] is not None
        introduced = "以下" in found[0] or "下文" in found[0] or "后文" in found[0] or found["open"] is not None
        if not (introduced or quoted) or _NOT_TERM.match(term):
            continue
        if found["quote"] == "《" and found["close"] == "》":
            term = f"《{term}》"
        meaning = _stands_for(folded, found.start())
        stands_for = meaning.of(text)
        yield DefinedTerm(Span(found.start("term"), found.end("term")), term, stands_for)
        if found["other"]:
            yield DefinedTerm(Span(found.start("other"), found.end("other")), found["other"], stands_for)


def _definitions(folded: str) -> Iterator[re.Match[str]]:
    """All matches of _TERM, without looking where nothing is called anything."""
    at = 0
    while called := _CALLED.search(folded, at):
        found = _TERM.search(folded, max(at, called.start() - 60))
        if found is None:
            return
        yield found
        at = found.end()


def _stands_for(folded: str, at: int) -> Span:
    """The wording before the bracket: a quoted title with its number, else the last stretch without punctuation."""
    low = max(0, at - 90)
    before = folded[low:at].rstrip(" (,")
    title = re.search(r"《[^《》]{2,80}》(?:\([^()]{2,30}\))?$", before)
    if title:
        return Span(low + title.start(), low + title.end())
    start = max((m.end() for m in _BOUNDARY.finditer(before)), default=0)
    blank = len(before[start:]) - len(before[start:].lstrip("_"))
    return Span(low + start + blank, low + len(before)) if before[start:].strip("_") else Span(at, at)
