"""Document → Draft: the same text understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewer.domain import BusinessLine, Document, Draft, Line
from reviewer.laws import LawCatalogue
from reviewer.understanding.citations import find_citations
from reviewer.understanding.facts import facts_of
from reviewer.understanding.imprint import dated, document_number, issuer_of
from reviewer.understanding.provisions import provisions_of
from reviewer.understanding.recognition import Clues, recognise
from reviewer.understanding.sentences import sentences_of
from reviewer.understanding.signature import find_signature
from reviewer.understanding.structure import outline_of, parts_of, title_as_written

Scan = Callable[[str], Mapping[str, tuple[int, ...]]]


def understand(
    document: Document,
    *,
    catalogue: LawCatalogue,
    lines: Mapping[Line, BusinessLine],
    line: Line | None = None,
    type: str | None = None,
    scan: Scan | None = None,
) -> Draft:
    """The draft that a document is.

    `line` and `type` are taken as stated where the caller knows them. `scan` maps folded text to the starts of the
    lexicon's literals in it. Raises UsageError for an unknown type.
    """
    folded = document.folded
    outline = outline_of(document)
    literals = scan(folded) if scan else None
    clues = Clues(
        outline.title.text if outline.title else "",
        outline.body_title.text if outline.body_title else "",
        document.name,
        folded,
        None if literals is None else frozenset(literals),
    )
    line, type = recognise(clues, lines, line, type)
    signature = find_signature(outline, line)
    number, number_span = document_number(outline, line)
    parts = parts_of(outline, number_span, signature)
    provisions = provisions_of(outline, document.text, signature, contract=line is Line.CONTRACT)
    sentences = sentences_of(folded)
    return Draft(
        document=document,
        line=line,
        type=type,
        title=title_as_written(document, outline),
        issuer=issuer_of(outline, line, signature),
        number="".join(number_span.of(document.text).split("\n")) if number_span else number,
        dated=dated(outline, line, signature),
        parts=parts,
        provisions=provisions,
        sentences=sentences,
        citations=find_citations(document.text, folded, provisions, catalogue),
        facts=facts_of(document.text, folded, outline, parts, provisions, sentences, line),
        literals=literals,
    )
