"""Raw content of the files → categories, lines, themes, clauses and rules whose names and patterns were checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from reviewer import patterns
from reviewer.domain import Aspect, BusinessLine, DocumentType, Line, Rule, Severity, When
from reviewer.errors import LexiconError
from reviewer.lexicon.records import COMMON, STATUSES, Category, CheckerForm, Clause, Theme
from reviewer.lexicon.sources import ClauseSource, LineSource, RuleSource, ThemeSource, parse_example
from reviewer.lexicon.yaml_files import convert, problem_of


@dataclass(frozen=True, slots=True)
class Context:
    categories: dict[str, Category]
    lines: dict[Line, BusinessLine]
    checkers: Mapping[str, CheckerForm]
    themes: dict[str, Theme]
    clauses: dict[str, Clause]
    checked: bool  # the files were checked when the cache was written
    codes: dict[str, bytes] = field(default_factory=dict)  # every pattern that was checked, compiled

    def check_patterns(self, some: Iterable[str], path: Path, place: str) -> None:
        for pattern in () if self.checked else some:
            try:
                if pattern not in self.codes:
                    self.codes[pattern] = patterns.code_of(pattern)
            except re.error as error:
                raise LexiconError(f"{path}：{place}：正则表达式“{pattern}”有误（{error}）") from None


def take(context: Context, sources: dict[str, tuple[Path, Any]], place: Path, path: Path, raw: Any) -> None:
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
        always = value.get("always")
        if always is not None and always not in tuple(Severity):
            raise LexiconError(f"{path}：{key}：always 可用：{'、'.join(Severity)}")
        yield key, Category(key, value["name"], names[value["aspect"]], Severity(always) if always else None)


def _line(path: Path, raw: Any, context: Context) -> BusinessLine:
    source: LineSource = convert(raw, LineSource, path, "业务条线")
    for kind in source.types:
        context.check_patterns((*kind.title, *kind.body), path, kind.name)
    types = tuple(DocumentType(t.name, tuple(t.title), tuple(t.body)) for t in source.types)
    return BusinessLine(source.line, source.name, source.review_name, types)


def _theme(path: Path, raw: Any, context: Context) -> Theme:
    source: ThemeSource = convert(raw, ThemeSource, path, "词表")
    for term in source.terms:
        context.check_patterns(term.unless, path, term.term)
    return Theme(path.stem, source.title, tuple(source.terms), tuple(source.unless))


def _clauses(path: Path, raw: Any, context: Context) -> Iterator[tuple[str, Clause]]:
    for key, value in _mapping(raw, path).items():
        source: ClauseSource = convert(value, ClauseSource, path, key)
        context.check_patterns((*source.words, *source.headings, *source.elsewhere, *source.after), path, key)
        yield key, Clause(
            key, source.name, tuple(source.words), tuple(source.headings), tuple(source.kinds),
            tuple(source.elsewhere), tuple(source.after), source.model,
        )  # fmt: skip


def rule_of(rule_id: str, path: Path, source: RuleSource, context: Context) -> Rule:
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
    return made(rule_id, source, options)


def made(rule_id: str, source: RuleSource, options: Any) -> Rule:
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


def _options(source: RuleSource, context: Context, path: Path, name: str) -> Any:
    to = context.checkers[source.checker].options
    try:
        options = msgspec.convert(source.options, to, strict=True)
    except msgspec.ValidationError as error:
        allowed = "、".join(f.name for f in msgspec.structs.fields(to))
        if unknown := re.search(r"unknown field `(.+?)`", str(error)):
            problem = f"检查器 {source.checker} 不认识选项 {unknown[1]}，可用：{allowed}"
        else:
            problem = f"检查器 {source.checker} 的选项有误：{problem_of(str(error), to)}"
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


def all_literals(rules: tuple[Rule, ...], context: Context) -> dict[str, patterns.Signs]:
    """Every pattern of the lexicon that is looked for in whole texts → the literals it can hang on."""
    every: set[str] = set()
    for rule in rules:
        every.update(patterns_of(rule.options))
        every.update((*rule.when.any, *rule.when.none, *context.checkers[rule.checker].patterns))
    for theme in context.themes.values():
        every.update(theme.unless)
        every.update(p for t in theme.terms for p in t.unless)
    for clause in context.clauses.values():
        every.update((*clause.words, *clause.elsewhere))
    for line in context.lines.values():
        every.update(p for t in line.types for p in t.body)
    return {pattern: patterns.signs_of(pattern) for pattern in sorted(every)}


def literals_of(
    rules: tuple[Rule, ...], known: Mapping[str, patterns.Signs], context: Context
) -> Iterator[str]:
    """Everything that one scan of a text must look for: of patterns, of terms, of checkers with words of their own."""
    found = {s for signs in known.values() for sign in signs for s in sign}
    found.update(w for theme in context.themes.values() for t in theme.terms for w in t.words)
    for rule in rules:
        own = context.checkers[rule.checker].literals
        found.update((own(rule.options) if own else None) or ())
    yield from found
