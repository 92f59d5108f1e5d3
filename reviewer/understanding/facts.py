"""What a draft states: folded text and its outline → Facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain import Facts, Line, Parts, Provision, Span
from reviewer.understanding.amounts import amounts_in, rates_in
from reviewer.understanding.dates import dates_in, periods_in
from reviewer.understanding.parties import parties_in, terms_in
from reviewer.understanding.references import Targets, references_in
from reviewer.understanding.structure import Outline


def facts_of(
    text: str,
    folded: str,
    outline: Outline,
    parts: Parts,
    provisions: tuple[Provision, ...],
    sentences: Sequence[Span],
    line: Line,
) -> Facts:
    dates = tuple(dates_in(folded))
    numbers = frozenset(a.number for a in outline.attachments if a.number is not None) | outline.listed
    targets = Targets(provisions, numbers, _names_attachments(outline, provisions))
    return Facts(
        amounts=tuple(amounts_in(folded)),
        rates=tuple(rates_in(folded)),
        dates=dates,
        periods=tuple(periods_in(folded, dates)),
        parties=tuple(
            parties_in(
                text,
                folded,
                head_end=head_end(provisions, len(folded)),
                signature=parts.signature,
                attachments=parts.attachments,
            )
        ),
        terms=tuple(terms_in(text, folded)),
        references=tuple(
            replace(r, label="".join(r.span.of(text).split()))  # as written, where （ is wide
            for r in references_in(folded, targets, sentences, bare=line is not Line.ENFORCEMENT)
        ),
    )


def _names_attachments(outline: Outline, provisions: Sequence[Provision]) -> bool:
    """Does the draft say anywhere which attachments it has?"""
    return bool(outline.attachments or outline.listed) or any(
        "附件" in p.heading for top in provisions for p in top.walk()
    )


def head_end(provisions: Sequence[Provision], length: int) -> int:
    """Where the head of a contract ends: at its first provision that is about something else than the parties."""
    for top in provisions:
        for provision in top.walk():
            if provision.children and provision.level.value in ("编", "章"):
                continue
            about = any(
                word in provision.heading for word in ("双方", "当事人", "主体", "发包人", "承包人", "概况", "合同方")
            )
            if not about:
                return provision.span.start
    return length if not provisions else provisions[-1].span.end
