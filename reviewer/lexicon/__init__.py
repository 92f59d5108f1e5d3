"""lexicons/*.yaml → frozen objects; strict: an unknown key, option or name is an error that says file and problem.

folder(s) → categories, business lines, themes of terms, clauses, rules → `Lexicon`. An office's own folder may add
files of the same layout; a rule of the same id replaces ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from reviewer import patterns
from reviewer.errors import LexiconError
from reviewer.lexicon import store
from reviewer.lexicon.building import Context, all_literals, literals_of, rule_of, take
from reviewer.lexicon.records import COMMON, Category, CheckerForm, Clause, Knowledge, Lexicon, Term, Theme
from reviewer.lexicon.sources import RuleSource, parse_example
from reviewer.lexicon.yaml_files import convert, read_yaml

__all__ = [
    "COMMON", "Category", "CheckerForm", "Clause", "Knowledge", "Lexicon", "Term", "Theme",
    "convert", "load", "parse_example", "read_yaml",
]  # fmt: skip


def load(folders: tuple[Path, ...], checkers: Mapping[str, CheckerForm], cached: Path | None = None) -> Lexicon:
    """The lexicon of one or several folders, later ones adding to and replacing earlier ones.

    With `cached` (a file that may not exist yet) files that did not change are neither parsed nor checked again.
    """
    paths = list(_yaml_files(folders))
    signature = store.signature_of(paths, checkers)
    if cached and (found := store.read(cached, signature)) is not None:
        with suppress(msgspec.ValidationError, KeyError):  # stored by a version with other checkers
            return store.restored(*found, checkers)
    raws = [read_yaml(path) for _, path in paths]
    context = Context({}, {}, checkers, {}, {}, checked=False)
    sources: dict[str, tuple[Path, Any]] = {}
    for (folder, path), raw in zip(paths, raws, strict=True):
        take(context, sources, path.relative_to(folder), path, raw)
    read = {rule_id: convert(raw, RuleSource, path, rule_id.split("/")[2]) for rule_id, (path, raw) in sources.items()}
    rules = tuple(rule_of(rule_id, sources[rule_id][0], source, context) for rule_id, source in read.items())
    known = all_literals(rules, context)
    literals = tuple(sorted(literals_of(rules, known, context)))
    version = hashlib.sha256(msgspec.msgpack.encode(raws)).hexdigest()[:12]
    if cached:
        places = [(path.relative_to(folder), raw) for (folder, path), raw in zip(paths, raws, strict=True)]
        kept = [(place.as_posix(), raw) for place, raw in places if place.parts[0] != "rules"]
        codes = {pattern: context.codes.get(pattern) or patterns.code_of(pattern) for pattern in known} | context.codes
        stored = store.Stored(
            signature, version, kept, {i: store.kept(s) for i, s in read.items()}, known, literals,
            tuple(p for p in codes if p not in known), store.ends_of(codes.values()),
        )  # fmt: skip
        code = b"".join(codes.values())
        store.write(cached, stored, code)
        store.remember_codes(stored, code)
    return Lexicon(context.categories, context.lines, context.themes, context.clauses, rules, version, literals)


def _yaml_files(folders: tuple[Path, ...]) -> Iterator[tuple[Path, Path]]:
    for folder in folders:
        if not folder.is_dir():
            raise LexiconError(f"词库目录 {folder} 不存在，请检查 --lexicons 指定的路径")
        for part in ("categories.yaml", "lines", "terms", "clauses", "rules"):
            place = folder / part
            for path in [place] if place.is_file() else sorted(place.rglob("*.yaml")):
                yield folder, path
