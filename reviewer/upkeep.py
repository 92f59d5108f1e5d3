"""The handbook looked after: parts of rules that can never fire, rules that others hide, rules whose law has changed.

These ask more of the machine than `handbook.problems`, which only asks whether a rule keeps its own word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from reviewer.domain import Citation, Draft, Finding, Rule, Span
from reviewer.handbook import example_document, example_draft
from reviewer.laws import Law
from reviewer.lexicon import COMMON, parse_example
from reviewer.pattern_samples import samples
from reviewer.patterns import compiled, fold_pattern, matches_by_sentence
from reviewer.pipeline import Engine
from reviewer.understanding.citations import find_citations
from reviewer.understanding.numerals import to_chinese

TRIES = 40
_PERIOD = re.compile(r"[零一二三四五六七八九十百\d]*个?(?:日|工作日|月|年)内?")  # too many articles speak of ten days
_IN_ONE_SENTENCE = {
    "pattern": ("any",), "paired": ("sign",), "stated_twice": ("any",), "numeric_limit": ("quantity",),
    "power_setting": ("any",),
}  # fmt: skip


def problems(engine: Engine, rule: Rule, on: dt.date, since: dt.date | None = None) -> Iterator[str]:
    """What upkeep says of one rule, as sentences; with `since` also which of its laws changed after that day."""
    for look in (_contradictions, _dead_patterns, _hidden):
        yield from (f"{rule.id}：{problem}" for problem in look(engine, rule))
    yield from (f"{rule.id}：{problem}" for problem in law_problems(engine, rule, on, since))


# ---------------------------------------------------------------- 永远不会命中 can never fire


def _contradictions(engine: Engine, rule: Rule) -> Iterator[str]:
    """Conditions that exclude each other, and types that no document of the line can have."""
    when = rule.when
    for pattern in sorted({*when.any} & {*when.none}):
        yield f"when 的 any 与 none 都有“{pattern}”，这一项永远不会成立"
    if when.any and {*when.any} <= {*when.none}:
        yield "when 的 any 全部被 none 排除，规则永远不会启用"
    signs, stops = _option(rule, "any"), _option(rule, "unless")
    for pattern in sorted({*signs} & {*stops}):
        yield f"选项 any 与 unless 都有“{pattern}”，这一项永远不会命中"
    for pattern in sorted({*_option(rule, "needs")} & {*stops}):
        yield f"选项 needs 与 unless 都有“{pattern}”，规则永远不会命中"
    lines = [bl for bl in engine.lexicon.lines.values() if rule.line in (COMMON, bl.line)]
    recognisable = {t.name for bl in lines for n, t in enumerate(bl.types) if n == 0 or t.title or t.body}
    if rule.types and not {*rule.types} & recognisable:
        yield f"types（{'、'.join(rule.types)}）都没有识别特征，规则只在人工指定类型时启用"


def _option(rule: Rule, name: str) -> tuple[str, ...]:
    value = getattr(rule.options, name, ())
    return tuple(value) if isinstance(value, tuple) and all(isinstance(v, str) for v in value) else ()


def _dead_patterns(engine: Engine, rule: Rule) -> Iterator[str]:
    """Patterns that neither an example nor any sentence made from them matches inside one sentence."""
    if getattr(rule.options, "scope", "sentence") == "document":
        return
    examples = [parse_example(text)[0] for text in (*rule.hit, *rule.clean)]
    drafts = [engine.understand(example_document(text)) for text in examples]
    for name in _IN_ONE_SENTENCE.get(rule.checker, ()):
        for pattern in _option(rule, name):
            if any(_matches(pattern, draft) for draft in drafts):
                continue
            if not any(_sample_matches(engine, pattern, text) for text in samples(fold_pattern(pattern), TRIES)):
                yield f"选项 {name} 的“{_short(pattern)}”没有例句，也造不出它能在一句话内命中的文字，可能永远不会命中"


def _matches(pattern: str, draft: Draft) -> bool:
    return next(matches_by_sentence(pattern, draft), None) is not None


def _sample_matches(engine: Engine, pattern: str, text: str) -> bool:
    """Does a made-up text match, and match when it stands among sentences as a document has them?"""
    if compiled(pattern).search(text) is None:
        return False
    return any(_matches(pattern, engine.understand(example_document(t))) for t in (text, f"甲方应当{text}。"))


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else pattern[:60] + "…"


# ---------------------------------------------------------------- 被其他规则遮住 hidden by others


def _hidden(engine: Engine, rule: Rule) -> Iterator[str]:
    """On all of its own examples a graver or surer rule of the category says the same, so this one is never seen."""
    if rule.status != "active" or not rule.hit:
        return
    near = [r for r in engine.lexicon.rules if r.category == rule.category and r.line in (rule.line, COMMON)]
    small = replace(engine, lexicon=replace(engine.lexicon, rules=tuple(near)))
    knowledge = engine.knowledge(dt.date.today())
    others: set[str] = set()
    for example in rule.hit:
        text, places = parse_example(example)
        findings, _ = small.check(example_draft(engine, rule, text), knowledge)
        own = [f for f in findings if f.rule == rule.id or (rule.group and f.title == rule.group)]
        if any(_covers(f, place) for f in own for place in places):
            return
        others.update(f.rule for f in findings if any(_covers(f, place) for place in places))
    if others:
        yield f"在自己的全部命中例上都被 {'、'.join(sorted(others))} 遮住，意见永远不会单独出现"


def _covers(finding: Finding, place: Span) -> bool:
    return any(span.overlaps(place) for span in (finding.span, *finding.also_at))


# ---------------------------------------------------------------- 法律有变化 the law has changed


def law_problems(engine: Engine, rule: Rule, on: dt.date, since: dt.date | None = None) -> Iterator[str]:
    """What the catalogue knows to have changed under a rule; repeals and ranges are `handbook.basis_problems`."""
    for basis in rule.basis:
        for citation in find_citations(basis, basis, (), engine.catalogue):
            law = engine.catalogue.find(citation.law) if citation.law else None
            if law is not None:
                for look in (_renumbered, _coming, _changed(since)):
                    yield from (f"依据“{basis}”{problem}" for problem in look(engine, rule, citation, law, on))


def _renumbered(engine: Engine, rule: Rule, citation: Citation, law: Law, on: dt.date) -> Iterator[str]:
    """The rule speaks of what the article said before the law was renumbered, and not of what it says now."""
    words = f"{rule.title} {rule.message}"
    for version, moves in engine.catalogue.renumbered(law, on):
        known = [m for m in moves if m.checked and m.keywords and not _PERIOD.fullmatch(m.keywords)]
        then = [m for m in known if m.old == citation.article and compiled(m.keywords).search(words)]
        now = any(m.new == citation.article and compiled(m.keywords).search(words) for m in known)
        if then and not now and all(m.new != citation.article for m in then):
            new = "、".join(f"第{to_chinese(m.new)}条" for m in then)
            yield f"是{version.year}年文本的条号，规则所说的内容现为{new}，请核对"
            return


def _coming(engine: Engine, rule: Rule, citation: Citation, law: Law, on: dt.date) -> Iterator[str]:
    for version in engine.catalogue.versions.get(law.title, ()):
        if version.effective is not None and version.effective > on:
            yield f"将自{version.effective}起施行{version.year}年文本，届时须复核条号和内容"
    if law.repealed_on is not None and law.repealed_on > on:
        yield f"将于{law.repealed_on}废止，请及时更换依据"


_Look = Callable[[Engine, Rule, Citation, Law, dt.date], Iterator[str]]


def _changed(since: dt.date | None) -> _Look:
    def look(engine: Engine, rule: Rule, citation: Citation, law: Law, on: dt.date) -> Iterator[str]:
        if since is None:
            return
        days = [d for d in (law.amended, law.effective) if d is not None]
        days += [v.effective for v in engine.catalogue.versions.get(law.title, ()) if v.effective is not None]
        if recent := [d for d in days if since < d <= on]:
            yield f"所在的《{law.title}》在{max(recent)}修改或者施行，请复核条号和内容"

    return look
