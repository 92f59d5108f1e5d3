"""Unified social credit codes (统一社会信用代码, GB 32100) whose length, characters or check digit are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
LENGTH = 18
_LABEL = "信用代码"
_CODE = re.compile(r"信用代码(?:证)?(?:号码?|编号)?(?:\s*:)?\s*(?P<code>[0-9A-Za-z*]{6,24})(?![0-9A-Za-z*])")
_PLACEHOLDER = re.compile(r"[Xx*]{3,}|^(\w)\1+$")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.9


def literals(options: Options) -> frozenset[str]:
    return frozenset({_LABEL})


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for found in _CODE.finditer(draft.folded):
        code = found["code"]
        problem = "" if _PLACEHOLDER.search(code) else problem_of(code)
        if problem:
            yield Match(
                Span(*found.span("code")), {"代码": code, "问题": problem}, f"“{code}”{problem}",
                confidence=options.confidence,
            )  # fmt: skip


def problem_of(code: str) -> str:
    """What is wrong with a code, in Chinese; empty when it passes the check of GB 32100."""
    if len(code) != LENGTH:
        return f"为{len(code)}位，应为{LENGTH}位"
    code = code.upper()
    if wrong := sorted(set(code) - set(ALPHABET)):
        return f"含有不使用的字符{'、'.join(wrong)}"
    return "" if code[-1] == check_digit(code[:-1]) else "未通过校验码验证"


def check_digit(first: str) -> str:
    """The 18th character for the first 17: 31 minus the weighted sum modulo 31."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return ALPHABET[-total % 31]
