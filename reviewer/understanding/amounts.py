"""Money and rates in folded text: ￥1,234.50, 3.5万元, 壹佰万元整, 百分之三十, 万分之五/日."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.domain import Amount, Rate, Span
from reviewer.understanding.numerals import CAPITAL_DIGITS, CHINESE_DIGITS, money, rate, to_decimal

_FIGURE = r"\d{1,3}(?:\s?,\s?\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = r"(?:百万|千万|万亿|[十百千万亿])?"
_FOREIGN = r"美元|欧元|港元|港币|日元|英镑"
_NOT_MONEY = r"(?![化论素件器旦月宵首始老勋]|结构|经济|方程)"
_MONEY = re.compile(
    rf"(?=[￥¥\d{CAPITAL_DIGITS}{CHINESE_DIGITS}])(?:"  # what it may begin with, before each way of going on
    rf"(?P<sign>[￥¥]\s*)(?P<marked>{_FIGURE})\s*(?P<scale>{_SCALE}(?:元|圆)?整?)"
    rf"|(?P<figure>(?:{_FIGURE})\s*(?:亿\s*\d+(?:\.\d+)?\s*(?:千万|百万|万)|{_SCALE}))\s*(?P<unit>元|圆|块钱|{_FOREIGN}){_NOT_MONEY}"
    r"(?:\s*\d\s*角(?:\s*\d\s*分)?)?\s*(?:整|正(?![常式在当确规]))?"
    rf"|(?P<words>[{CAPITAL_DIGITS}{CHINESE_DIGITS}][{CAPITAL_DIGITS}{CHINESE_DIGITS}点\s]{{0,30}}(?P<wordunit>元|圆|圓|{_FOREIGN}){_NOT_MONEY}"
    rf"(?:\s*零?[{CAPITAL_DIGITS}{CHINESE_DIGITS}]\s*角)?(?:\s*零?[{CAPITAL_DIGITS}{CHINESE_DIGITS}]\s*分(?![之为期别]))?\s*(?:整|正(?![常式在当确规]))?))"
)
_MONEY_SIGN = re.compile(r"[￥¥元圆圓块]|港币|英镑")  # one of these is in every amount
_BEFORE_SIGN = frozenset(CAPITAL_DIGITS + CHINESE_DIGITS + "0123456789.,点美欧港日 ")
_CAPITALS = frozenset(CAPITAL_DIGITS) - frozenset(CHINESE_DIGITS)
_SLASH_UNIT = re.compile(
    r"\s*/\s*((?:每)?(?:平方米|平米|立方米|公里|千克|公斤|小时|工日|人次|人|天|日|季度?|月|年|周|千瓦时|度|吨|升|米|套|台|件|个|项|次|户|亩|株|只|车|份"
    r"|册|床|课时|学时|页|张|字|点位|间|栋|辆|瓶|箱|桶|袋|批|班|岗|座|组|盏|根|方|单位|m[²³23]?|㎡|m|t|kg|kWh|kwh))"
)


def amounts_in(folded: str) -> Iterator[Amount]:
    """Amounts in the order of the text; a price for each unit has the unit 元/吨."""
    at = 0
    while sign := _MONEY_SIGN.search(folded, at):
        start = sign.start()
        while start > at and ((before := folded[start - 1]) in _BEFORE_SIGN or before.isspace() or before.isdecimal()):
            start -= 1
        found = _MONEY.search(folded, start)
        if found is None:
            return
        at = found.end()
        amount = _amount(found, folded)
        if amount is not None:
            yield amount


def _amount(found: re.Match[str], folded: str) -> Amount | None:
    words = found["words"]
    start, end = found.span()
    if words:
        value = money(re.sub(r"(?:美元|欧元|港元|港币|日元|英镑)", "元", words))
    elif found["sign"]:
        value = to_decimal(found["marked"] + re.sub(r"[元圆整\s]", "", found["scale"]))
    else:
        value = money(
            re.sub(r"\s|美元|欧元|港元|港币|日元|英镑|元|圆|块钱", "", found["figure"]) + "元" + _cents(found[0])
        )
    if value is None or (start and folded[start - 1] in ".第" and not found["sign"]):
        return None
    text = folded[start:end]
    end = start + len(text.rstrip())
    unit = found["unit"] or found["wordunit"] or "元"
    unit = unit if unit in _FOREIGN.split("|") else "元"
    each = _SLASH_UNIT.match(folded, end)
    if each:
        unit = f"{unit}/{each[1]}"
    return Amount(Span(start, end), value, bool(words and _CAPITALS & set(words)), unit)


def _cents(text: str) -> str:
    found = re.search(r"(\d)\s*角(?:\s*(\d)\s*分)?", text)
    return "" if found is None else f"{found[1]}角" + (f"{found[2]}分" if found[2] else "")


_RATE = re.compile(
    rf"[百千万\d](?:(?<!\d)分之\s*(?:[{CHINESE_DIGITS}点]+|\d+(?:\.\d+)?)|(?<=\d)(?<![\d.]\d)[\d,]*(?:\.\d+)?\s*[%‰‱])"
)
_EACH_AFTER = re.compile(r"\s*(?:\(\s*)?(?:/|每)\s*(日|天|月|年)")
_EACH_BEFORE = re.compile(
    r"(?:每|按|逐)(日|天|月|年)(?!初|底|末|度)|每(?:逾期|延迟|延误|拖延|延期|迟延|超过|超期|拖欠|推迟|迟|拖|晚|误)[^,。;\n]{0,6}?[一1]\s*个?(日|天|月|年)"
    r"|(日|月|年)(?:利率|息|利息|费率|化|租金率|收益率)|(日)(?=$)|(日)按"
)


def rates_in(folded: str) -> Iterator[Rate]:
    """Rates in the order of the text, with the period that they count for where the clause says one."""
    for found in _RATE.finditer(folded):
        value = rate(found[0])
        if value is None:
            continue
        yield Rate(Span(*found.span()), value, _period_of(folded, found.start(), found.end()))


_GROWS = re.compile(r"利率|利息|息|递增|递减|增长|加收|违约金|滞纳金|计[算收付]|上浮|费率")


_STOP = re.compile(r"[。;\n]")


def _period_of(folded: str, start: int, end: int) -> str:
    after = _EACH_AFTER.match(folded, end)
    if after:
        return "日" if after[1] == "天" else after[1]
    low = max(0, start - 48)
    clause = _STOP.split(folded[low:start])[-1]
    before = list(_EACH_BEFORE.finditer(clause))
    if not before:
        return ""
    last = before[-1]
    # a further rate between the cue and this one has taken the cue: 每日万分之五，不超过合同价的5%
    if _RATE.search(clause, last.end()):
        return ""
    word = next(g for g in last.groups() if g)
    if word in "月年" and last[1] and not _GROWS.search(clause):  # 按月支付工程款的80% is no monthly rate
        return ""
    return "日" if word == "天" else word
