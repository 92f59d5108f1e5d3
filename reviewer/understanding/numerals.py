"""Chinese numerals: the words of a number ⇄ the number; money is Decimal 元."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from reviewer.domain import fold

_DIGITS = {
    **{c: n for n, c in enumerate("零一二三四五六七八九")},
    **{c: n for n, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0,
    "Ｏ": 0,
    "O": 0,
    "o": 0,
    "两": 2,
    "兩": 2,
    "俩": 2,
    "弐": 2,
    "貳": 2,
    "叄": 3,
    "參": 3,
    "陸": 6,
    "弍": 2,
    "幺": 1,
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_FRACTIONS = {"角": Decimal("0.1"), "分": Decimal("0.01")}

CHINESE_DIGITS = "零〇○一二两三四五六七八九十百千万亿廿卅"
"""Characters of an ordinary Chinese number, for the inside of a character class."""
CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿貳叄參陸萬億"
"""Characters of 大写 money, for the inside of a character class."""

_ARABIC = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")


def to_int(text: str) -> int | None:
    """一百零三, 103, 二○二六, 廿三, 壹佰, １２ → a whole number; None when the text is not one."""
    value = to_decimal(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


@lru_cache(maxsize=4096)
def to_decimal(text: str) -> Decimal | None:
    """1,234.5 · 十二点五 · 3亿2千万 · 两万五 · 1.5万 · 半 → a number; None when the text is not one."""
    text = fold(text).replace(" ", "").replace(",", "")
    if not text:
        return None
    if text.isdigit() and text.isascii():
        return Decimal(text)
    if text == "半":
        return Decimal("0.5")
    whole, point, rest = text.partition("点")
    if point:
        head = to_decimal(whole)
        digits = [_digit(c) for c in rest]
        if head is None or not digits or None in digits:
            return None
        return head + Decimal("0." + "".join(map(str, digits)))
    if len(text) > 1 and all(c in _DIGITS or c.isdigit() for c in text):  # positional: 二○二六
        return Decimal("".join(str(_digit(c)) for c in text))
    return _with_units(text)


def _digit(char: str) -> int | None:
    return _DIGITS.get(char, int(char) if char.isdigit() and char.isascii() else None)


def _with_units(text: str) -> Decimal | None:
    """Numbers written with 十百千万亿, each part in Arabic or Chinese digits."""
    total = section = Decimal(0)  # finished groups of 万/亿, and the group being read
    pending: Decimal | None = None
    last_unit = 1
    at = 0
    while at < len(text):
        char = text[at]
        arabic = _ARABIC.match(text, at)
        if arabic:
            if pending is not None:
                return None
            pending, at = Decimal(arabic[0]), arabic.end()
            continue
        at += 1
        if char in _TENS:
            section, last_unit = section + _TENS[char], 10
        elif char in _SMALL:
            unit = _SMALL[char]
            section += (Decimal(1) if pending is None else pending) * unit
            pending, last_unit = None, unit
        elif char in _LARGE:
            unit = _LARGE[char]
            group = section + (pending or 0)
            if group == 0 and total == 0:
                return None
            total = (total + group) * unit if unit > 10**4 and total < unit else total + group * unit
            section, pending, last_unit = Decimal(0), None, unit
        elif char in _DIGITS:
            if pending:  # 二三 inside a number with units
                return None
            pending = Decimal(_DIGITS[char])
            last_unit = 1 if pending == 0 else last_unit
        else:
            return None
    if pending is not None:  # 两万五: a lone digit counts in tenths of the unit before it
        short = pending < 10 and last_unit >= 100 and pending == pending.to_integral_value()
        section += pending * (last_unit // 10) if short and text[-1] in _DIGITS else pending
    return total + section


_CHINESE = "零一二三四五六七八九"


def figures(value: Decimal) -> str:
    """1234500.0 → 1,234,500"""
    return f"{value.normalize():,f}"


def to_chinese(number: int) -> str:
    """103 → 一百零三, as articles are numbered; 0 to 9999,9999,9999."""
    if not 0 <= number < 10**12:
        raise ValueError(f"cannot write {number} in Chinese")
    if number == 0:
        return "零"
    words = _groups(number, _CHINESE, ("", "十", "百", "千"))
    return words.removeprefix("一") if words.startswith("一十") else words


def _groups(number: int, digits: str, units: tuple[str, ...]) -> str:
    """Four digits at a time, with 万 and 亿, and one 零 for any run of zeros inside."""
    out, skipped = "", False
    for exponent, name in ((8, "亿"), (4, "万"), (0, "")):
        group, number = divmod(number, 10**exponent)
        if not group:
            skipped = True
            continue
        if out and (group < 1000 or skipped):
            out += digits[0]
        out, skipped = out + _group(group, digits, units) + name, False
    return out


def _group(number: int, digits: str, units: tuple[str, ...]) -> str:
    out, zero = "", False
    for place in (3, 2, 1, 0):
        digit, number = divmod(number, 10**place)
        if digit:
            out += (digits[0] if zero and out else "") + digits[digit] + units[place]
            zero = False
        else:
            zero = True
    return out


_CAPITAL = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL_UNITS = ("", "拾", "佰", "仟")


def to_capital(amount: Decimal) -> str:
    """1234.56 → 壹仟贰佰叁拾肆元伍角陆分, 1000000 → 壹佰万元整 (支付结算办法 附一)."""
    if not 0 <= amount < 10**12:
        raise ValueError(f"cannot write {amount} in capitals")
    cents = int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    out = _groups(yuan, _CAPITAL, _CAPITAL_UNITS) + "元" if yuan else ""
    if not rest:
        return (out or "零元") + "整"
    if jiao:
        out += _CAPITAL[jiao] + "角"
    elif yuan:
        out += "零"
    return out + (_CAPITAL[fen] + "分" if fen else "整")


def money(text: str) -> Decimal | None:
    """壹佰万元整, 伍角, ￥1,234.50, 3.5万元, 五万元, 人民币叁拾万圆贰角伍分 → 元; None when it is not money."""
    text = re.sub(r"\s|人民币|RMB|CNY|[￥¥:]", "", fold(text)).rstrip("整正")
    if not text:
        return None
    whole, unit, rest = _at_yuan(text)
    if not unit and not any(c in text for c in _FRACTIONS):
        return to_decimal(text)
    value = Decimal(0)
    if unit:
        head = to_decimal(whole)
        if head is None:
            return None
        value = head
    else:
        rest = text
    for part in re.findall(r"[^角分]+[角分]", rest):
        coins = to_decimal(part[:-1].lstrip("零") or "零")
        if coins is None:
            return None
        value += coins * _FRACTIONS[part[-1]]
    return value


def _at_yuan(text: str) -> tuple[str, str, str]:
    for unit in ("元", "圆", "圓", "块"):
        if unit in text:
            return text.partition(unit)
    return text, "", ""


_RATE = re.compile(r"(百|千|万)分之(.+)")


def rate(text: str) -> Decimal | None:
    """百分之三十, 万分之五, 5%, 3‰ → a fraction of one; None when it is not a rate."""
    text = fold(text).replace(" ", "")
    words = _RATE.fullmatch(text)
    if words:
        value, unit = to_decimal(words[2]), {"百": 100, "千": 1000, "万": 10000}[words[1]]
    elif text.endswith(("%", "‰", "‱")):
        value, unit = to_decimal(text[:-1]), {"%": 100, "‰": 1000, "‱": 10000}[text[-1]]
    else:
        return None
    return None if value is None else value / unit
