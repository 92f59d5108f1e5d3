"""lexicons/*.yaml → frozen objects; strict: an unknown key, option or name is an error that says file and problem.

folder(s) → categories, business lines, themes of terms, clauses, rules → `Lexicon`. An office's own folder may add
files of the same layout; a rule of the same id replaces ours.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from reviewer import __version__, patterns
from reviewer.domain import (
    Aspect,
    BusinessLine,
    ClauseKind,
    DocumentType,
    Draft,
    Line,
    Rule,
    Severity,
    Span,
    When,
)
from reviewer.errors import LexiconError
from reviewer.laws import LawCatalogue

OPEN, CLOSE = "⟦", "⟧"
STATUSES = ("trial", "active", "retired")
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Category:
    key: str
    name: str
    aspect: Aspect


@dataclass(frozen=True, slots=True)
class Term:
    """敏感词 or 规范用语 with its synonyms; `unless` are contexts (patterns) in which it is harmless."""

    term: str
    synonyms: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    instead: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return (self.term, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    title: str
    terms: tuple[Term, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that a contract or document needs: what supplies it, where it belongs, how to word it."""

    key: str
    name: str
    words: tuple[str, ...]  # patterns: any of them supplies the clause
    headings: tuple[str, ...] = ()  # patterns on the headings of provisions
    kinds: tuple[str, ...] = ()  # clause kinds of the trained classifier that supply it
    elsewhere: tuple[str, ...] = ()  # patterns: supplied by an annex or another document
    after: tuple[str, ...] = ()  # headings or words after which it belongs, best first
    model: str = ""  # a clause in our own words


@dataclass(frozen=True)
class Lexicon:
    categories: Mapping[str, Category]
    lines: Mapping[Line, BusinessLine]
    themes: Mapping[str, Theme]
    clauses: Mapping[str, Clause]
    rules: tuple[Rule, ...]
    version: str
    literals: tuple[str, ...] = ()  # everything that one scan of a text must look for

    def rules_for(self, line: Line) -> Iterator[Rule]:
        return (r for r in self.rules if r.line in (line, COMMON) and r.status != "retired")

    def rule(self, rule_id: str) -> Rule | None:
        return next((r for r in self.rules if r.id == rule_id), None)


@dataclass(frozen=True)
class Knowledge:
    """What checkers may consult beside the draft and their options."""

    lexicon: Lexicon
    catalogue: LawCatalogue
    on: dt.date  # the law in force on this day decides
    is_word: Callable[[str, int, int], bool]  # does text[start:end] begin and end at word boundaries?
    clause_kinds: Callable[[Draft], tuple[ClauseKind, ...]] | None = field(default=None)  # asked only when needed
    clause_words: Callable[[Draft, ClauseKind], tuple[str, ...]] | None = field(default=None)  # that spoke for a kind
    law_texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)  # title → article → text, as imported


@dataclass(frozen=True, slots=True)
class CheckerForm:
    """What the loader must know of a checker: its Options record and the patterns and words it looks for."""

    options: type[Any]
    literals: Callable[[Any], frozenset[str] | None] | None = None


class _WhenSource(msgspec.Struct, forbid_unknown_fields=True):
    any: list[str] = []
    none: list[str] = []
    title: list[str] = []
    minimum_characters: int = 0


class _RuleSource(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    checker: str
    severity: Severity
    message: str
    suggestion: str
    options: dict[str, Any] = {}
    basis: list[str] = []
    when: _WhenSource = msgspec.field(default_factory=_WhenSource)
    types: list[str] = []
    status: str = "active"
    in_citations: bool = False
    unverified_basis: bool = False
    group: str = ""
    points: list[str] = []
    hit: list[str] = []
    clean: list[str] = []


class _ThemeSource(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    terms: list[Term]
    unless: list[str] = []


class _ClauseSource(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    words: list[str]
    headings: list[str] = []
    kinds: list[str] = []
    elsewhere: list[str] = []
    after: list[str] = []
    model: str = ""


class _TypeSource(msgspec.Struct, forbid_unknown_fields=False):
    name: str
    title: list[str] = []
    body: list[str] = []


class _LineSource(msgspec.Struct, forbid_unknown_fields=False):  # the office reads further keys of the same file
    line: Line
    name: str
    review_name: str
    types: list[_TypeSource]


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, with duplicate keys and syntax errors told by file and line."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                if key_node.value in seen:
                    line = key_node.start_mark.line + 1
                    raise LexiconError(f"{path}：第{line}行：“{key_node.value}”重复出现，请改名或合并")
                seen.add(key_node.value)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行：" if mark else ""
        problem = getattr(error, "problem", error)
        raise LexiconError(f"{path}：{line}不是合法的 YAML（{problem}），请检查缩进和引号") from None
    except UnicodeDecodeError:
        raise LexiconError(f"{path}：不是 UTF-8 编码，请另存为 UTF-8") from None


def convert(raw: Any, to: type[Any], path: Path, place: str) -> Any:
    """`raw` as a record of type `to`; errors in Chinese with the allowed names."""
    try:
        return msgspec.convert(raw, to, strict=True)
    except msgspec.ValidationError as error:
        raise LexiconError(f"{path}：{place}：{_problem(str(error), to)}") from None


def _problem(error: str, to: type[Any]) -> str:
    allowed = "、".join(f.name for f in msgspec.structs.fields(to)) if issubclass(to, msgspec.Struct) else ""
    if unknown := re.search(r"unknown field `(.+?)`(?: - at `(.+)`)?", error):
        where = f"（{unknown[2]}）" if unknown[2] else ""
        return f"不认识的键 {unknown[1]}{where}" + (f"，可用：{allowed}" if allowed and not unknown[2] else "")
    if missing := re.search(r"missing required field `(.+?)`", error):
        return f"缺少必填的键 {missing[1]}，可用：{allowed}"
    if bad := re.search(r"Invalid enum value '?(.+?)'?(?: - at `(.+)`)?$", error):
        return f"{bad[2] or ''} 的值 {bad[1]} 不在允许范围内"
    return f"内容不符合要求（{error}）"


def parse_example(text: str) -> tuple[str, tuple[Span, ...]]:
    """`处⟦罚款⟧` → the text without marks and the marked spans; ValueError when the marks do not pair."""
    out, spans, start = "", [], None
    for piece in re.split(f"([{OPEN}{CLOSE}])", text):
        if piece == OPEN and start is None:
            start = len(out)
        elif piece == CLOSE and start is not None:
            spans.append(Span(start, len(out)))
            start = None
        elif piece in (OPEN, CLOSE):
            raise ValueError("⟦ 与 ⟧ 没有成对")
        else:
            out += piece
    if start is not None:
        raise ValueError("⟦ 与 ⟧ 没有成对")
    return out, tuple(spans)


def load(folders: tuple[Path, ...], checkers: Mapping[str, CheckerForm], cached: Path | None = None) -> Lexicon:
    """The lexicon of one or several folders, later ones adding to and replacing earlier ones.

    With `cached` (a file that may not exist yet) files that did not change are neither parsed nor checked again.
    """
    paths = list(_yaml_files(folders))
    signature = _signature(paths)
    if cached and (stored := _stored(cached, signature)) is not None:
        with suppress(msgspec.ValidationError, KeyError):  # stored by a version with other checkers
            return _from_store(stored, checkers)
    raws = [read_yaml(path) for _, path in paths]
    context = _Context({}, {}, checkers, {}, {}, checked=False)
    sources: dict[str, tuple[Path, Any]] = {}
    for (folder, path), raw in zip(paths, raws, strict=True):
        _take(context, sources, path.relative_to(folder), path, raw)
    read = {rule_id: convert(raw, _RuleSource, path, rule_id.split("/")[2]) for rule_id, (path, raw) in sources.items()}
    rules = tuple(_rule(rule_id, sources[rule_id][0], source, context) for rule_id, source in read.items())
    known = _all_literals(rules, context)
    literals = tuple(sorted(_literals(rules, known, context)))
    version = hashlib.sha256(msgspec.msgpack.encode(raws)).hexdigest()[:12]
    if cached:
        places = [(path.relative_to(folder), raw) for (folder, path), raw in zip(paths, raws, strict=True)]
        kept = [(place.as_posix(), raw) for place, raw in places if place.parts[0] != "rules"]
        _store(cached, _Stored(signature, version, kept, {i: _kept(s) for i, s in read.items()}, known, literals))
    return Lexicon(context.categories, context.lines, context.themes, context.clauses, rules, version, literals)


def _literals(
    rules: tuple[Rule, ...], known: Mapping[str, tuple[str, ...] | None], context: _Context
) -> Iterator[str]:
    """Everything that one scan of a text must look for: of patterns, of terms, of checkers with words of their own."""
    found = {s for some in known.values() for s in some or ()}
    found.update(w for theme in context.themes.values() for t in theme.terms for w in t.words)
    for rule in rules:
        own = context.checkers[rule.checker].literals
        found.update((own(rule.options) if own else None) or ())
    yield from found


class _KeptRule(_RuleSource):
    """A rule in the cache; its options are read as what its checker needs."""

    options: msgspec.Raw = msgspec.Raw()  # type: ignore[assignment]


class _Stored(msgspec.Struct):
    """The lexicon as it was read and checked, so that it need be neither again."""

    signature: str
    version: str
    others: list[tuple[str, Any]]  # place in its folder and content of each file without rules
    rules: dict[str, _KeptRule]
    known: dict[str, tuple[str, ...] | None]  # pattern → its literals
    literals: tuple[str, ...]


def _kept(source: _RuleSource) -> _KeptRule:
    fields = msgspec.structs.asdict(source)
    return _KeptRule(**{**fields, "options": msgspec.Raw(msgspec.msgpack.encode(source.options))})


def _from_store(stored: _Stored, checkers: Mapping[str, CheckerForm]) -> Lexicon:
    """The lexicon of a cache; ValidationError or KeyError where the checkers are not those it was stored with."""
    patterns.remember_literals(stored.known)
    context = _Context({}, {}, checkers, {}, {}, checked=True)
    for place, raw in stored.others:
        _take(context, {}, Path(place), Path(place), raw)
    rules = tuple(
        _made(rule_id, source, _decoder(checkers[source.checker]).decode(source.options))
        for rule_id, source in stored.rules.items()
    )
    return Lexicon(
        context.categories, context.lines, context.themes, context.clauses, rules, stored.version, stored.literals
    )


@cache
def _decoder(form: CheckerForm) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(form.options)


def _yaml_files(folders: tuple[Path, ...]) -> Iterator[tuple[Path, Path]]:
    for folder in folders:
        if not folder.is_dir():
            raise LexiconError(f"词库目录 {folder} 不存在，请检查 --lexicons 指定的路径")
        for part in ("categories.yaml", "lines", "terms", "clauses", "rules"):
            place = folder / part
            for path in [place] if place.is_file() else sorted(place.rglob("*.yaml")):
                yield folder, path


def _signature(paths: list[tuple[Path, Path]]) -> str:
    stats = [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for _, path in paths]
    return hashlib.sha256(msgspec.msgpack.encode([__version__, stats])).hexdigest()


def _stored(path: Path, signature: str) -> _Stored | None:
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError):
        return None
    return stored if stored.signature == signature else None


def _store(path: Path, stored: _Stored) -> None:
    """Write the cache in one move; an unwritable place only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_bytes(msgspec.msgpack.encode(stored))
        fresh.replace(path)
    except OSError:
        return


def _take(context: _Context, sources: dict[str, tuple[Path, Any]], place: Path, path: Path, raw: Any) -> None:
    """Put what one file says where it belongs; rules wait until everything that they name is known."""
    kind = place.parts[0]
    if kind == "categories.yaml":
        context.categories.update(_categories(path, raw))
    elif kind == "lines":
        line = _line(path, raw, context)
        context.lines[line.line] = line
    elif kind == "terms":
        context.themes[path.stem] = _theme(path, raw, context)
    elif kind == "clauses":
        context.clauses.update(_clauses(path, raw, context))
    else:
        folder, category = path.parent.name, path.stem
        sources.update({f"{folder}/{category}/{n}": (path, r) for n, r in _mapping(raw, path).items()})


@dataclass(frozen=True, slots=True)
class _Context:
    categories: dict[str, Category]
    lines: dict[Line, BusinessLine]
    checkers: Mapping[str, CheckerForm]
    themes: dict[str, Theme]
    clauses: dict[str, Clause]
    checked: bool  # the files were checked when the cache was written

    def check_patterns(self, some: Iterable[str], path: Path, place: str) -> None:
        for pattern in () if self.checked else some:
            try:
                patterns.check(pattern)
            except re.error as error:
                raise LexiconError(f"{path}：{place}：正则表达式“{pattern}”有误（{error}）") from None


def _mapping(raw: Any, path: Path) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise LexiconError(f"{path}：顶层应当是“名称: 内容”的映射，现在是 {type(raw).__name__}")
    return raw


def _categories(path: Path, raw: Any) -> Iterator[tuple[str, Category]]:
    names = {a.name.lower(): a for a in Aspect}
    for key, value in _mapping(raw, path).items():
        if not isinstance(value, dict) or value.get("aspect") not in names or not value.get("name"):
            raise LexiconError(f"{path}：{key}：应有 name 和 aspect，aspect 可用：{'、'.join(names)}")
        yield key, Category(key, value["name"], names[value["aspect"]])


def _line(path: Path, raw: Any, context: _Context) -> BusinessLine:
    source: _LineSource = convert(raw, _LineSource, path, "业务条线")
    for kind in source.types:
        context.check_patterns((*kind.title, *kind.body), path, kind.name)
    types = tuple(DocumentType(t.name, tuple(t.title), tuple(t.body)) for t in source.types)
    return BusinessLine(source.line, source.name, source.review_name, types)


def _theme(path: Path, raw: Any, context: _Context) -> Theme:
    source: _ThemeSource = convert(raw, _ThemeSource, path, "词表")
    for term in source.terms:
        context.check_patterns(term.unless, path, term.term)
    return Theme(path.stem, source.title, tuple(source.terms), tuple(source.unless))


def _clauses(path: Path, raw: Any, context: _Context) -> Iterator[tuple[str, Clause]]:
    for key, value in _mapping(raw, path).items():
        source: _ClauseSource = convert(value, _ClauseSource, path, key)
        context.check_patterns((*source.words, *source.headings, *source.elsewhere, *source.after), path, key)
        yield key, Clause(
            key, source.name, tuple(source.words), tuple(source.headings), tuple(source.kinds),
            tuple(source.elsewhere), tuple(source.after), source.model,
        )  # fmt: skip


def _rule(rule_id: str, path: Path, source: _RuleSource, context: _Context) -> Rule:
    """A rule whose every name, pattern and example was checked."""
    line, category, name = rule_id.split("/")
    _must_be_known(category, context.categories, path, name, "审查类别（文件名）")
    _must_be_known(line, (COMMON, *context.lines), path, name, "业务条线（目录名）")
    _must_be_known(source.checker, context.checkers, path, name, "检查器")
    _must_be_known(source.status, STATUSES, path, name, "status")
    known_types = [t.name for bl in context.lines.values() for t in bl.types if line in (COMMON, bl.line)]
    for kind in source.types:
        _must_be_known(kind, known_types, path, name, "类型 types")
    options = _options(source, context, path, name)
    if clause := getattr(options, "clause", None):
        _must_be_known(clause, context.clauses, path, name, "条款 clause")
    if theme := getattr(options, "theme", None):
        _must_be_known(theme, context.themes, path, name, "词表 theme")
    context.check_patterns((*source.when.any, *source.when.none, *source.when.title), path, name)
    for example in (*source.hit, *source.clean):
        try:
            parse_example(example)
        except ValueError as error:
            raise LexiconError(f"{path}：{name}：例句“{example[:30]}”标记有误：{error}") from None
    return _made(rule_id, source, options)


def _made(rule_id: str, source: _RuleSource, options: Any) -> Rule:
    line, category, _ = rule_id.split("/")
    when = When(
        tuple(source.when.any), tuple(source.when.none), tuple(source.when.title), source.when.minimum_characters
    )
    return Rule(
        id=rule_id, line=line, title=source.title, category=category, checker=source.checker, options=options,
        severity=source.severity, message=source.message, suggestion=source.suggestion, basis=tuple(source.basis),
        when=when, types=tuple(source.types), status=source.status, in_citations=source.in_citations,
        unverified_basis=source.unverified_basis, group=source.group, points=tuple(source.points),
        hit=tuple(source.hit), clean=tuple(source.clean),
    )  # fmt: skip


def _must_be_known(name: str, allowed: Any, path: Path, place: str, what: str) -> None:
    if name not in allowed:
        raise LexiconError(f"{path}：{place}：{what} {name} 不存在，可用：{'、'.join(map(str, allowed))}")


def _options(source: _RuleSource, context: _Context, path: Path, name: str) -> Any:
    to = context.checkers[source.checker].options
    try:
        options = msgspec.convert(source.options, to, strict=True)
    except msgspec.ValidationError as error:
        allowed = "、".join(f.name for f in msgspec.structs.fields(to))
        if unknown := re.search(r"unknown field `(.+?)`", str(error)):
            problem = f"检查器 {source.checker} 不认识选项 {unknown[1]}，可用：{allowed}"
        else:
            problem = f"检查器 {source.checker} 的选项有误：{_problem(str(error), to)}"
        raise LexiconError(f"{path}：{name}：{problem}") from None
    context.check_patterns(patterns_of(options), path, name)
    return options


def patterns_of(options: msgspec.Struct) -> Iterator[str]:
    """The values of all `Regex` fields of an Options record."""
    for name in _regex_fields(type(options)):
        value = getattr(options, name)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from value


@cache
def _regex_fields(options: type[msgspec.Struct]) -> tuple[str, ...]:
    hints = get_type_hints(options, include_extras=True)
    return tuple(name for name, hint in hints.items() if _holds_regex(hint))


def _holds_regex(hint: Any) -> bool:
    if get_origin(hint) is None:
        return False
    return "regex" in getattr(hint, "__metadata__", ()) or any(_holds_regex(a) for a in get_args(hint))


def _all_literals(rules: tuple[Rule, ...], context: _Context) -> dict[str, tuple[str, ...] | None]:
    """Every pattern of the lexicon that is looked for in whole texts → the literals it can hang on."""
    every: set[str] = set()
    for rule in rules:
        every.update(patterns_of(rule.options))
        every.update((*rule.when.any, *rule.when.none))
    for theme in context.themes.values():
        every.update(theme.unless)
        every.update(p for t in theme.terms for p in t.unless)
    for clause in context.clauses.values():
        every.update((*clause.words, *clause.elsewhere))
    return {pattern: patterns.required_literals(pattern) for pattern in sorted(every)}
