"""The handbook tested: each rule's own examples, its basis and its reach → sentences that say what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reviewer.domain import Block, Document, Draft, Line, Outcome, Rule, Severity, Span
from reviewer.lexicon import COMMON, parse_example
from reviewer.pipeline import Engine
from reviewer.understanding.citations import find_citations

LEAST_EXAMPLES = 2


def example_document(text: str) -> Document:
    """An example as a document: each line a block."""
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(Span(start, start + len(line))))
        start += len(line) + 1
    return Document("例句", hashlib.sha256(text.encode()).hexdigest(), "txt", text, tuple(blocks))


def example_draft(engine: Engine, rule: Rule, text: str) -> Draft:
    """An example as the rule would meet it: in its line and its first type."""
    line = Line.NORMATIVE if rule.line == COMMON else Line(rule.line)
    known = {t.name: bl.line for bl in engine.lexicon.lines.values() for t in bl.types}
    kind = rule.types[0] if rule.types else engine.lexicon.lines[line].types[0].name
    return engine.understand(example_document(text), known.get(kind, line), kind)


def problems(engine: Engine, rule: Rule) -> Iterator[str]:
    """What is wrong with a rule, as sentences; nothing when it is fit for use."""
    if len(rule.hit) < LEAST_EXAMPLES or len(rule.clean) < LEAST_EXAMPLES:
        yield f"{rule.id}：命中例、放行例各至少 {LEAST_EXAMPLES} 个，现有 {len(rule.hit)}、{len(rule.clean)} 个"
    for example in rule.hit:
        yield from _hit_problems(engine, rule, example)
    for example in rule.clean:
        found = spans_found(engine, rule, example)
        if isinstance(found, str):
            yield f"{rule.id}：放行例“{_short(example)}”没有被真正检查：{found}"
        elif found:
            places = "、".join(f"“{s.of(parse_example(example)[0])}”" for s in found)
            yield f"{rule.id}：放行例“{_short(example)}”不应命中，却命中了{places}"
    yield from _basis_problems(engine, rule)


def _hit_problems(engine: Engine, rule: Rule, example: str) -> Iterator[str]:
    text, wanted = parse_example(example)
    if not wanted:
        yield f"{rule.id}：命中例“{_short(example)}”没有用 ⟦…⟧ 标出应当命中的文字"
        return
    found = spans_found(engine, rule, example)
    if isinstance(found, str):
        yield f"{rule.id}：命中例“{_short(example)}”没有被真正检查：{found}"
    elif found != sorted(wanted):
        got = "、".join(f"“{s.of(text)}”" for s in found) or "什么也没有命中"
        want = "、".join(f"“{s.of(text)}”" for s in wanted)
        yield f"{rule.id}：命中例“{_short(example)}”应当命中{want}，实际：{got}"


def spans_found(engine: Engine, rule: Rule, example: str) -> list[Span] | str:
    """The places a rule finds in an example, or why it could not look (a clean example may be out of its reach)."""
    import datetime as dt

    text, marks = parse_example(example)
    draft = example_draft(engine, rule, text)
    outcome, findings = engine.apply(rule, draft, engine.knowledge(dt.date.today()))
    if outcome.outcome == Outcome.FAILED:
        return outcome.reason
    if outcome.outcome == Outcome.NOT_APPLICABLE and marks:
        return outcome.reason
    return sorted(s for f in findings for s in (f.span, *f.also_at))


def _basis_problems(engine: Engine, rule: Rule) -> Iterator[str]:
    if rule.severity == Severity.ILLEGAL and not rule.basis:
        yield f"{rule.id}：严重程度为违法（illegal）的规则必须写明依据 basis"
    for basis in rule.basis:
        yield from (f"{rule.id}：依据“{basis}”{problem}" for problem in basis_problems(engine, basis))


def basis_problems(engine: Engine, basis: str) -> Iterator[str]:
    """Why a basis cannot be relied on: not a citation, not in the catalogue, repealed, article out of range."""
    import datetime as dt

    citations = find_citations(basis, basis, (), engine.catalogue)
    if not citations:
        yield "没有引用任何法律文件，应写成《民法典》第五百八十六条这样的形式"
    for citation in citations:
        law = engine.catalogue.find(citation.law) if citation.law else None
        if law is None:
            yield f"中的“{citation.title or citation.number}”不在法规目录中"
        elif (status := law.status(dt.date.today())) != "现行有效":
            yield f"中的《{law.title}》{status}"
        elif law.articles and citation.article and citation.article > law.articles:
            yield f"超出条数：《{law.title}》共{law.articles}条"


def _short(example: str) -> str:
    return example.replace("\n", " ")[:40]
