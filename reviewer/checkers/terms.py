"""Words of a theme and their synonyms, at word boundaries, outside their harmless contexts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import Part, Scope, allowed, because_of, in_parts, scope_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge, Term
from reviewer.patterns import Regex, found


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    theme: str = ""  # a file of lexicons/terms
    words: tuple[str, ...] = ()  # or words of the rule's own
    needs: tuple[Regex, ...] = ()  # each must be found in the scope: the second signal
    unless: tuple[Regex, ...] = ()  # none may be found in the scope
    scope: Scope = "sentence"
    parts: tuple[Part, ...] = ()
    word: bool = True  # 统一律师 must not fire 一律
    confidence: float = 0.8

    def __post_init__(self) -> None:
        if self.theme and self.words:
            raise ValueError("theme 和 words 只能写一个")


def literals(options: Options) -> frozenset[str] | None:
    """The rule's own words; those of a theme are known to the lexicon, not to its options."""
    return None if options.theme else frozenset(options.words)


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    theme = knowledge.lexicon.themes[options.theme] if options.theme else None
    terms = (*(theme.terms if theme else ()), *(Term(word) for word in options.words))
    unless = (*options.unless, *(theme.unless if theme else ()))
    for span, term in _longest(_places(draft, terms)):
        if not in_parts(draft, span, options.parts):
            continue
        around = scope_of(draft, span, options.scope)
        if any(found(p, draft, around) for p in term.unless) or not allowed(draft, around, options.needs, unless):
            continue
        if options.word and not knowledge.is_word(draft.text, span.start, span.end):
            continue
        word = draft.text[span.start : span.end]
        values = {"词": word, "规范用语": term.instead, "主词": term.term}
        because = because_of(draft, span, around, options.needs)
        if word != term.term:
            because += f"（“{term.term}”的同义表述）"
        edit = term.instead if term.instead and not set(term.instead) & set("、（") else None
        yield Match(span, values, because, confidence=options.confidence, edit=edit)


def _places(draft: Draft, terms: tuple[Term, ...]) -> Iterator[tuple[Span, Term]]:
    for term in terms:
        for word in term.words:
            if draft.literals is not None:
                starts: tuple[int, ...] = draft.literals.get(word, ())
            else:
                starts = tuple(i for i in range(len(draft.folded)) if draft.folded.startswith(word, i))
            for start in starts:
                yield Span(start, start + len(word)), term


def _longest(places: Iterator[tuple[Span, Term]]) -> Iterator[tuple[Span, Term]]:
    """In the order of the text, without those inside a longer one."""
    end = -1
    for span, term in sorted(places, key=lambda p: (p[0].start, -p[0].end)):
        if span.end > end:
            end = span.end
            yield span, term
