"""Number and OOXML number format (ST_NumberFormat) → what Word prints: 3 and chineseCounting → 三."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

_DIGITS = "〇一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def printed(value: int, number_format: str) -> str:
    """The number as Word prints it; formats that we do not know come out as decimal digits."""
    if value < 0:
        return str(value)
    return _FORMATS.get(number_format, str)(value)


def _positional(value: int, digits: str = _DIGITS) -> str:
    return "".join(digits[int(digit)] for digit in str(value))


def _thousands(value: int, digits: str = "零一二三四五六七八九", units: str = "十百千万亿") -> str:
    """一百零三, 一万零五; ten to nineteen begin with 十 unless the digits are those of amounts."""
    if value == 0:
        return digits[0] if digits[0] != "零" or units[0] != "十" else "〇"
    text = _group(value, digits, units)
    short = text.startswith("一十") and value < 20
    return text[1:] if short else text


def _group(value: int, digits: str, units: str) -> str:
    for power, unit in ((100_000_000, units[4]), (10_000, units[3])):
        if value >= power:
            high, low = divmod(value, power)
            gap = digits[0] if 0 < low < power // 10 else ""
            return _group(high, digits, units) + unit + gap + (_group(low, digits, units) if low else "")
    text, pending = "", False
    for power, unit in ((1000, units[2]), (100, units[1]), (10, units[0]), (1, "")):
        digit, value = divmod(value, power)
        if digit:
            text += (digits[0] if pending else "") + digits[digit] + unit
            pending = False
        elif text:
            pending = True
    return text


def _counting(value: int) -> str:
    """一 … 九十九, then digit by digit: 一〇〇 (chineseCounting, taiwaneseCounting)."""
    return _thousands(value) if value < 100 else _positional(value)


def _japanese(value: int) -> str:
    """百 and 千 stand without 一: 百二十."""
    text = _thousands(value).replace("零", "")
    for unit in "百千":
        text = text.replace("一" + unit, unit)
    return text


def _legal(value: int, digits: str, units: str) -> str:
    return _thousands(value, digits, units)


def _letters(value: int, first: str) -> str:
    """a … z, aa, bb … as Word repeats letters."""
    if value == 0:
        return ""
    times, index = divmod(value - 1, 26)
    return chr(ord(first) + index) * min(times + 1, 30)


def _roman(value: int) -> str:
    text = ""
    for number, letters in _ROMAN:
        count, value = divmod(value, number)
        text += letters * min(count, 30)
    return text


def _one_of(value: int, characters: str) -> str:
    return characters[value - 1] if 0 < value <= len(characters) else str(value)


def _run_of(first: str, last: str) -> str:
    return "".join(map(chr, range(ord(first), ord(last) + 1)))


def _sixty(value: int) -> str:
    """甲子 … 癸亥, then from the beginning."""
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if value else "0"


def _full_width(value: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))


def _ordinal(value: int) -> str:
    last = value % 10 if value % 100 not in (11, 12, 13) else 0
    return f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


_CIRCLED = _run_of("①", "⑳") + _run_of("㉑", "㉟") + _run_of("㊱", "㊿")

_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "numberInDash": "- {} -".format,
    "ordinal": _ordinal,
    "hex": "{:X}".format,
    "none": lambda value: "",
    "bullet": lambda value: "",
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": _japanese,
    "ideographDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "taiwaneseDigital": _positional,
    "chineseLegalSimplified": partial(_legal, digits=_LEGAL_SIMPLIFIED, units="拾佰仟万亿"),
    "ideographLegalTraditional": partial(_legal, digits=_LEGAL_TRADITIONAL, units="拾佰仟萬億"),
    "ideographTraditional": partial(_one_of, characters=_STEMS),
    "ideographZodiac": partial(_one_of, characters=_BRANCHES),
    "ideographZodiacTraditional": _sixty,
    "ideographEnclosedCircle": partial(_one_of, characters=_run_of("㊀", "㊉")),
    "decimalEnclosedCircle": partial(_one_of, characters=_CIRCLED),
    "decimalEnclosedCircleChinese": partial(_one_of, characters=_CIRCLED),
    "decimalEnclosedParen": partial(_one_of, characters=_run_of("⑴", "⒇")),
    "decimalEnclosedFullstop": partial(_one_of, characters=_run_of("⒈", "⒛")),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "lowerLetter": partial(_letters, first="a"),
    "upperLetter": partial(_letters, first="A"),
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperRoman": _roman,
}
