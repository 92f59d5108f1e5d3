"""The whole flow on one page: file → Document → Draft → findings → score → Review.

Each rule of the line ends as FOUND, CLEAR, NOT_APPLICABLE or FAILED; a rule that breaks is reported, never swallowed.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path

from reviewer import __version__, candidates, merging, office_rules, readers, scoring
from reviewer.checkers import all_checkers, forms
from reviewer.domain import (
    ClauseKind,
    Coverage,
    Document,
    Draft,
    Finding,
    Line,
    Outcome,
    Provision,
    Review,
    Rule,
    RuleOutcome,
    Severity,
    Versions,
    fold,
)
from reviewer.errors import UsageError
from reviewer.findings import findings_of, inside_title_marks
from reviewer.law_files import load_catalogue
from reviewer.law_texts import LawTexts
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon
from reviewer.lexicon import load as load_lexicon
from reviewer.office_rules import RuleDecision
from reviewer.patterns import compiled, found
from reviewer.places import LEXICONS, MODELS, cache_folder, law_texts_folder
from reviewer.scan import literal_scanner
from reviewer.understanding import clause_kinds, slips, understand
from reviewer.understanding.segmentation import is_word, segmenter

PARAMETERS = (MODELS / "clause_kinds.npz", MODELS / "word_slips.zip")
ABSENCE_CHECKERS = ("paired", "required_clause")


@dataclass(frozen=True)
class Engine:
    """Everything loaded once; `review` may be called any number of times."""

    lexicon: Lexicon
    catalogue: LawCatalogue
    scan: Callable[[str], Mapping[str, tuple[int, ...]]]
    law_texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    laws_version: str = ""  # of the catalogue and the imported texts
    read: Callable[[Path], Document] = readers.read  # `isolation.Reader.read` where a file must not harm the process
    decided: Mapping[str, RuleDecision] = field(default_factory=dict)  # by rule: what the office demoted or stopped

    @classmethod
    def load(cls, *, own_lexicons: tuple[Path, ...] = (), law_texts: Path | None = None) -> Engine:
        """The shipped lexicon, with an office's own folders on top, and the law texts it imported."""
        folders = (LEXICONS, *own_lexicons)
        key = hashlib.sha256("\n".join(str(f.resolve()) for f in folders).encode()).hexdigest()[:12]
        lexicon = load_lexicon(folders, forms(), cached=cache_folder() / f"lexicon-{key}.msgpack")
        catalogue, texts = load_catalogue(LEXICONS / "laws"), LawTexts(law_texts or law_texts_folder())
        version = "+".join(filter(None, (catalogue.version, texts.version)))
        return cls(lexicon, catalogue, literal_scanner(lexicon.literals), texts, version)

    @cached_property
    def model_version(self) -> str:
        """The first digits of the sha256 of all parameters."""
        digest = hashlib.sha256()
        for path in PARAMETERS:
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()[:12]

    @cached_property
    def clause_model(self) -> clause_kinds.Model:
        """The trained clause kinds, read when first needed; ModelError where the parameters do not fit."""
        return clause_kinds.load(PARAMETERS[0])

    @cached_property
    def slips(self) -> slips.Slips:
        """What words are written with, read when first needed; ModelError where the parameters do not fit."""
        return slips.load(PARAMETERS[1])

    def understand(self, document: Document, line: Line | None = None, type: str | None = None) -> Draft:
        """The draft that rules look at; line and type are recognised unless given."""
        if type is not None and not any(t.name == type for bl in self.lexicon.lines.values() for t in bl.types):
            known = "、".join(t.name for bl in self.lexicon.lines.values() for t in bl.types)
            raise UsageError(f"没有“{type}”这种文书类型，可用：{known}")
        return understand(
            document, catalogue=self.catalogue, lines=self.lexicon.lines, line=line, type=type, scan=self.scan
        )

    def review_file(
        self, path: Path, *, on: dt.date | None = None, line: Line | None = None, type: str | None = None
    ) -> Review:
        return self.review(self.read(path), on=on, line=line, type=type)

    def review(
        self, document: Document, *, on: dt.date | None = None, line: Line | None = None, type: str | None = None
    ) -> Review:
        """The review of a document under the law in force on `on` (today)."""
        with _undisturbed():
            return self._review(document, on or dt.date.today(), line, type)

    def _review(self, document: Document, on: dt.date, line: Line | None, type: str | None) -> Review:
        draft = self.understand(document, line, type)
        knowledge = self.knowledge(on)
        findings, outcomes = self.check(draft, knowledge)
        cited = [c for c in draft.citations if c.kind not in ("self", "document")]
        coverage = self._receipt(scoring.coverage(document, cited, outcomes), draft.line)
        lexicon = "+".join(filter(None, (self.lexicon.version, office_rules.digest(self.decided.values()))))
        versions = Versions(__version__, lexicon, self.laws_version, self.model_version, segmenter())
        score = scoring.score(findings, outcomes, coverage)
        return Review(draft, knowledge.on, findings, outcomes, coverage, score, versions, document.warnings)

    def _receipt(self, coverage: Coverage, line: Line) -> Coverage:
        """With the rules that the office switched off."""
        if not self.decided:
            return coverage
        own = ((r.title, self.decided[r.id]) for r in self.lexicon.rules_for(line) if r.id in self.decided)
        stopped = office_rules.sentences((title, decision) for title, decision in own if decision.off)
        return replace(coverage, not_checked=(*coverage.not_checked, *stopped)) if stopped else coverage

    def knowledge(self, on: dt.date) -> Knowledge:
        return Knowledge(
            self.lexicon, self.catalogue, on, is_word, law_texts=self.law_texts, clause_kinds=_classifier(self),
            slips=lambda text: self.slips.found(text),
            clause_words=lambda draft, kind: self.clause_model.words_for(kind, draft.text, draft.provisions),
        )

    def check(self, draft: Draft, knowledge: Knowledge) -> tuple[tuple[Finding, ...], tuple[RuleOutcome, ...]]:
        """Every rule of the draft's line, one after the other."""
        findings: list[Finding] = []
        outcomes: list[RuleOutcome] = []
        if not draft.text.strip():
            return (), tuple(
                RuleOutcome(r.id, Outcome.FAILED, "没有可供审查的文字") for r in self.lexicon.rules_for(draft.line)
            )
        possible = self._possible(draft)
        for rule, outcome in self._planned(draft.line, draft.type):
            if outcome is None and possible is not None and rule.id not in possible:
                outcome = _clear(rule.id)
            if outcome is None:
                outcome, own = self._asked(rule, draft, knowledge)
                findings.extend(own)
            outcomes.append(outcome)
        kept = merging.without_doubles(findings, self._absences)
        told = merging.in_order(merging.gathered(kept, self._groups), len(draft.text), self._always)
        return tuple(told), tuple(outcomes)

    @cached_property
    def _always(self) -> dict[str, Severity]:
        """Category → from which severity on its findings are never minor."""
        return {c.key: c.always for c in self.lexicon.categories.values() if c.always}

    @cached_property
    def _candidates(self) -> candidates.Index:
        return candidates.index_of(self.lexicon.rules, all_checkers())

    def _possible(self, draft: Draft) -> frozenset[str] | None:
        """The rules that may match, by the literals of the text; None: not scanned, so all of them."""
        return None if draft.words is None else self._candidates.rules(draft.words)

    def _planned(self, line: Line, type: str) -> tuple[tuple[Rule, RuleOutcome | None], ...]:
        """The rules of a line, each with its outcome where it is not asked about drafts of this type."""
        plan = self._plans.get((line, type))
        if plan is None:
            plan = tuple((rule, self._not_asked(rule, type)) for rule in self.lexicon.rules_for(line))
            self._plans[line, type] = plan
        return plan

    @cached_property
    def _plans(self) -> dict[tuple[Line, str], tuple[tuple[Rule, RuleOutcome | None], ...]]:
        return {}

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {rule.id: rule.group for rule in self.lexicon.rules if rule.group}

    @cached_property
    def _absences(self) -> set[str]:
        """Rules that tell of something lacking."""
        return {rule.id for rule in self.lexicon.rules if rule.checker in ABSENCE_CHECKERS}

    def apply(self, rule: Rule, draft: Draft, knowledge: Knowledge) -> tuple[RuleOutcome, tuple[Finding, ...]]:
        """One rule on one draft."""
        if (outcome := self._not_asked(rule, draft.type)) is not None:
            return outcome, ()
        possible = self._possible(draft)
        if possible is not None and rule.id not in possible:
            return _clear(rule.id), ()
        return self._asked(rule, draft, knowledge)

    def _not_asked(self, rule: Rule, type: str) -> RuleOutcome | None:
        """Why a rule is not asked about drafts of a type, whatever they say."""
        decided = self.decided.get(rule.id)
        if rule.status == "trial":
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, "试行规则，未启用")
        if decided is not None and decided.off:
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, decided.told)
        if rule.types and type not in rule.types:
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, f"不适用于{type}")
        return None

    def _asked(self, rule: Rule, draft: Draft, knowledge: Knowledge) -> tuple[RuleOutcome, tuple[Finding, ...]]:
        if reason := _unmet(rule, draft):
            return RuleOutcome(rule.id, Outcome.NOT_APPLICABLE, reason), ()
        try:
            matches = list(all_checkers()[rule.checker].find(draft, rule.options, knowledge))
            if matches and not rule.in_citations:
                matches = [m for m in matches if not inside_title_marks(draft, m.span)]
            category, decided = self.lexicon.categories[rule.category], self.decided.get(rule.id)
            findings = tuple(findings_of(rule, draft, matches, category, decided)) if matches else ()
        except Exception as error:  # a broken rule must not hide the others, and must not look clear
            return RuleOutcome(rule.id, Outcome.FAILED, f"{type(error).__name__}：{error}"), ()
        return (RuleOutcome(rule.id, Outcome.FOUND) if findings else _clear(rule.id)), findings


@cache
def _clear(rule: str) -> RuleOutcome:
    return RuleOutcome(rule, Outcome.CLEAR)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Within, no rubbish is collected: what a review makes lives as long as it does, and to look through it costs."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _classifier(engine: Engine) -> Callable[[Draft], tuple[ClauseKind, ...]]:
    """Clause kinds of a draft, worked out when a checker first asks for them."""

    @lru_cache(maxsize=1)
    def kinds(text: str, provisions: tuple[Provision, ...]) -> tuple[ClauseKind, ...]:
        return engine.clause_model.classify(text, provisions)

    return lambda draft: kinds(draft.text, draft.provisions)


def _unmet(rule: Rule, draft: Draft) -> str:
    """Why the rule's precondition does not hold; empty when it does."""
    when = rule.when
    if when.minimum_characters and len(draft.text) < when.minimum_characters:
        return f"文档不足{when.minimum_characters}字"
    if when.title and not any(compiled(p).search(fold(draft.title)) for p in when.title):
        return "标题不属于本规则的适用范围"
    if when.any and not any(found(p, draft) for p in when.any):
        return "没有出现本规则针对的内容"
    return "属于本规则排除的情形" if any(found(p, draft) for p in when.none) else ""
