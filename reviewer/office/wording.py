"""What a person typed or pasted → plain text: no control characters, odd spaces as spaces, no longer than allowed."""

from __future__ import annotations

from reviewer.errors import UsageError

_BREAKS = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")


def clean(text: str, limit: int, what: str) -> str:
    """Raises UsageError when it is longer than `limit` characters."""
    lines = text.replace("\r\n", "\n").translate(_BREAKS).split("\n")
    cleaned = "\n".join("".join(_shown(c) for c in line).rstrip() for line in lines).strip("\n ")
    if len(cleaned) > limit:
        raise UsageError(f"{what}不能超过 {limit} 个字，现在有 {len(cleaned)} 个字，请缩短")
    return cleaned


def needed(text: str, limit: int, what: str) -> str:
    """As `clean`; raises UsageError when nothing is left."""
    cleaned = clean(text, limit, what)
    if not cleaned.strip():
        raise UsageError(f"请填写{what}")
    return cleaned


def _shown(char: str) -> str:
    if char == "\u3000":
        return char
    if char.isspace():
        return " "
    return char if char.isprintable() else ""
