"""The lexicon as it was read and checked, kept in one file so that it need be neither again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from reviewer import __version__, patterns
from reviewer.lexicon.building import Context, made, take
from reviewer.lexicon.records import CheckerForm, Lexicon
from reviewer.lexicon.sources import RuleSource

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


def kept(source: RuleSource) -> KeptRule:
    fields = msgspec.structs.asdict(source)
    return KeptRule(**{**fields, "options": msgspec.Raw(msgspec.msgpack.encode(source.options))})


def restored(stored: Stored, checkers: Mapping[str, CheckerForm]) -> Lexicon:
    """The lexicon of a cache; ValidationError or KeyError where the checkers are not those it was stored with."""
    patterns.remember_literals(stored.known)
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


@cache
def _decoder(form: CheckerForm) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(form.options)


def signature_of(paths: list[tuple[Path, Path]], checkers: Mapping[str, CheckerForm]) -> str:
    """Changes with the files of the lexicon, and with the code that decides what a scan must look for."""
    files = [*(path for _, path in paths), *(path for folder in _CODE for path in sorted(folder.glob("*.py")))]
    stats = [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
    own = [(name, form.patterns) for name, form in checkers.items()]
    return hashlib.sha256(msgspec.msgpack.encode([__version__, stats, own])).hexdigest()


def read(path: Path, signature: str) -> Stored | None:
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=Stored)
    except (OSError, msgspec.DecodeError):
        return None
    return stored if stored.signature == signature else None


def write(path: Path, stored: Stored) -> None:
    """Write the cache in one move; an unwritable place only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_bytes(msgspec.msgpack.encode(stored))
        fresh.replace(path)
    except OSError:
        return
