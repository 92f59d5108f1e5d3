"""The lexicon as it was read and checked, kept so that it need be neither again; its patterns' code beside it."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate, chain, count
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import msgspec

from reviewer import __version__, patterns
from reviewer.lexicon.building import Context, made, take
from reviewer.lexicon.records import CheckerForm, Lexicon
from reviewer.lexicon.sources import RuleSource
from reviewer.pattern_code import VERSION, Codes

_CODE = (Path(__file__).parents[1], Path(__file__).parents[1] / "checkers", Path(__file__).parent)


class KeptRule(RuleSource):
    """A rule in the cache; its options are read as what its checker needs."""

    options: msgspec.Raw = msgspec.Raw()  # type: ignore[assignment]


class Stored(msgspec.Struct):
    """The lexicon as it was read and checked, so that it need be neither again."""

    signature: str
    version: str
    others: list[tuple[str, Any]]  # place in its folder and content of each file without rules
    rules: dict[str, KeptRule]
    known: dict[str, patterns.Signs]  # pattern → its literals
    literals: tuple[str, ...]
    further: tuple[str, ...]  # patterns of which no literals are known
    ends: bytes  # where the code of each pattern ends, of those known and then of these, as unsigned 32-bit numbers


def kept(source: RuleSource) -> KeptRule:
    fields = msgspec.structs.asdict(source)
    return KeptRule(**{**fields, "options": msgspec.Raw(msgspec.msgpack.encode(source.options))})


def ends_of(codes: Iterable[bytes]) -> bytes:
    """Where each ends when they stand one after the other."""
    return array("I", accumulate(map(len, codes))).tobytes()


def restored(stored: Stored, codes: bytes | mmap, checkers: Mapping[str, CheckerForm]) -> Lexicon:
    """The lexicon of a cache; ValidationError or KeyError where the checkers are not those it was stored with."""
    patterns.remember_literals(stored.known)
    remember_codes(stored, codes)
    context = Context({}, {}, checkers, {}, {}, checked=True)
    for place, raw in stored.others:
        take(context, {}, Path(place), Path(place), raw)
    rules = tuple(
        made(rule_id, source, _decoder(checkers[source.checker]).decode(source.options))
        for rule_id, source in stored.rules.items()
    )
    return Lexicon(
        context.categories, context.lines, context.themes, context.clauses, rules, stored.version, stored.literals
    )


def remember_codes(stored: Stored, codes: bytes | mmap) -> None:
    """Let the patterns be made of their code where they are matched."""
    numbers = dict(zip(chain(stored.known, stored.further), count(), strict=False))
    patterns.remember_codes(Codes(numbers, array("I", stored.ends), codes))


@cache
def _decoder(form: CheckerForm) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(form.options)


def signature_of(paths: list[tuple[Path, Path]], checkers: Mapping[str, CheckerForm]) -> str:
    """Changes with the files of the lexicon, with the code that decides what a scan must look for, and with Python."""
    files = [*(path for _, path in paths), *(path for folder in _CODE for path in sorted(folder.glob("*.py")))]
    stats = [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
    own = [(name, form.patterns) for name, form in checkers.items()]
    return hashlib.sha256(msgspec.msgpack.encode([__version__, VERSION, stats, own])).hexdigest()


def read(path: Path, signature: str) -> tuple[Stored, bytes | mmap] | None:
    """What was stored and the code of its patterns; None where either is not there or not of this signature."""
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=Stored)
        if stored.signature != signature:
            return None
        with _codes_beside(path, signature).open("rb") as file:
            codes = mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    return (stored, codes) if stored.ends[-4:] == array("I", [len(codes)]).tobytes() else None


def _codes_beside(path: Path, signature: str) -> Path:
    """The file for the code, which is only read where it is needed; one that another process reads stays as it is."""
    return path.with_suffix(f".{signature[:12]}.codes")


def write(path: Path, stored: Stored, codes: bytes) -> None:
    """Write both files of the cache, each in one move; an unwritable place only costs time."""
    beside = _codes_beside(path, stored.signature)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for file, content in ((beside, codes), (path, msgspec.msgpack.encode(stored))):
            fresh = file.with_suffix(f".{os.getpid()}.tmp")
            fresh.write_bytes(content)
            fresh.replace(file)
        for old in path.parent.glob(f"{path.stem}.*.codes"):
            if old != beside:
                old.unlink(missing_ok=True)
    except OSError:
        return
