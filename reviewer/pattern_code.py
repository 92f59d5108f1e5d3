"""A regular expression ↔ the bytes of its compiled code, so that it need not be compiled in every process.

Compiling a thousand patterns takes longer than reviewing a document with them; making them of their code takes a
fiftieth of that. Code serves the Python that compiled it (VERSION) and no other.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import re
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Literal, cast

import msgspec

VERSION = f"{sys.version} {sys.byteorder} {_sre.MAGIC} {_sre.CODESIZE}"
_UNIT: Literal["I", "H"] = "I" if array("I").itemsize == _sre.CODESIZE else "H"


class _Code(msgspec.Struct, array_like=True):
    pattern: str
    flags: int
    groups: int
    names: dict[str, int]
    code: bytes  # packed: a quarter of its size, so that little of the file has to be in memory


@dataclass(frozen=True)
class Codes:
    """The code of many patterns in one piece: `ends` tells where that of each ends, in the order of `numbers`."""

    numbers: Mapping[str, int]
    ends: Sequence[int]
    data: bytes | mmap

    def get(self, pattern: str) -> memoryview | None:
        number = self.numbers.get(pattern)
        if number is None:
            return None
        return memoryview(self.data)[self.ends[number - 1] if number else 0 : self.ends[number]]


_decode = msgspec.msgpack.Decoder(_Code).decode


def code_of(pattern: str) -> bytes:
    """The pattern compiled; re.error when it is not one."""
    parsed = _parser.parse(pattern, 0)
    state = parsed.state
    code = zlib.compress(array(_UNIT, _compiler._code(parsed, 0)).tobytes())
    return msgspec.msgpack.encode(_Code(pattern, state.flags, state.groups - 1, state.groupdict, code))


def made_of(data: bytes | memoryview) -> re.Pattern[str]:
    """The pattern that `code_of` compiled; ValueError where the bytes are not such code."""
    try:
        kept = _decode(data)
        names: list[str | None] = [None] * (kept.groups + 1)
        for name, number in kept.names.items():
            names[number] = name
        units = memoryview(zlib.decompress(kept.code)).cast(_UNIT).tolist()
        made = _sre.compile(kept.pattern, kept.flags, units, kept.groups, kept.names, tuple(names))
    except (msgspec.DecodeError, zlib.error, IndexError, TypeError, RuntimeError) as error:  # the engine checks it too
        raise ValueError(f"不是编译好的正则表达式：{error}") from error
    return cast("re.Pattern[str]", made)
