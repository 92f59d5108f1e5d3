"""lexicons/lines/<line>.yaml → what the office needs of a line: steps, deadlines, materials, conclusions; strict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from reviewer.domain import Line
from reviewer.errors import LexiconError
from reviewer.lexicon import convert, read_yaml
from reviewer.office.records import Procedure
from reviewer.office.workflow import STEPS, Route


@dataclass(frozen=True, slots=True)
class Limit:
    """So many working days, or calendar days where `natural`."""

    days: int
    natural: bool = False

    def __str__(self) -> str:
        return f"{self.days}日" if self.natural else f"{self.days}个工作日"


@dataclass(frozen=True, slots=True)
class Profile:
    """The limits of one procedure; None where the line has no such step."""

    accept: Limit
    review: Limit
    supplement: Limit
    archive: Limit
    consult: Limit | None = None
    expert: Limit | None = None
    revise: Limit | None = None
    filing: Limit | None = None
    review_at_least: int = 0  # working days that the law reserves for the review


@dataclass(frozen=True, slots=True)
class Material:
    key: str
    name: str
    required: bool
    reviewed: bool = False  # the text that the machine reviews
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """繁简分流: document types and amounts (元) that make a matter simple or hard."""

    types: tuple[str, ...] = ()
    amount_below: int | None = None
    amount_from: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    line: Line
    name: str
    review_name: str
    code: str
    route: Route
    profiles: Mapping[Procedure, Profile]
    materials: tuple[Material, ...]
    simple: Triage
    hard: Triage
    conclusions: tuple[str, ...]
    opinion_sections: tuple[str, ...]
    procedure_checks: tuple[str, ...]
    substance_checks: tuple[str, ...]
    stages: tuple[Stage, ...] = ()

    def material(self, key: str) -> Material | None:
        return next((m for m in self.materials if m.key == key), None)


class _MaterialSource(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    name: str
    required: bool
    reviewed: bool = False
    hint: str = ""


class _TriageSource(msgspec.Struct, forbid_unknown_fields=True):
    types: list[str] = []
    amount_below: int | None = None
    amount_from: int | None = None


class _StageSource(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    hint: str = ""


class _ProfileSource(msgspec.Struct, forbid_unknown_fields=True):
    accept: int | str
    review: int | str
    supplement: int | str
    archive: int | str
    consult: int | str | None = None
    expert: int | str | None = None
    revise: int | str | None = None
    filing: int | str | None = None
    review_at_least: int = 0


class _ChecksSource(msgspec.Struct, forbid_unknown_fields=True):
    procedure: list[str]
    substance: list[str]


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    line: Line
    name: str
    review_name: str
    types: list[Any]
    code: str
    steps: list[str]
    deadlines: dict[str, _ProfileSource]
    materials: list[_MaterialSource]
    conclusions: list[str]
    opinion_sections: list[str]
    checks: _ChecksSource
    filing: bool = False
    simple: _TriageSource = msgspec.field(default_factory=_TriageSource)
    hard: _TriageSource = msgspec.field(default_factory=_TriageSource)
    stages: list[_StageSource] = []


def read_lines(folder: Path) -> Mapping[Line, OfficeLine]:
    """Every line of a lexicon folder."""
    lines = [_line(path) for path in sorted((folder / "lines").glob("*.yaml"))]
    return {line.line: line for line in lines}


def _line(path: Path) -> OfficeLine:
    source: _Source = convert(read_yaml(path), _Source, path, "业务条线")
    if unknown := [s for s in source.steps if s not in STEPS]:
        raise LexiconError(f"{path}：steps：没有“{'、'.join(unknown)}”这一步，可用：{'、'.join(STEPS)}")
    if sum(m.reviewed for m in source.materials) != 1:
        raise LexiconError(f"{path}：materials：应当恰有一项 reviewed: true（机审的正文）")
    if missing := [p.value for p in Procedure if p.value not in source.deadlines]:
        raise LexiconError(f"{path}：deadlines：缺少 {'、'.join(missing)}")
    profiles = {Procedure(k): _profile(v, path, k) for k, v in source.deadlines.items()}
    return OfficeLine(
        source.line, source.name, source.review_name, source.code,
        Route(source.line, tuple(source.steps), source.filing), profiles,
        tuple(Material(m.key, m.name, m.required, m.reviewed, m.hint) for m in source.materials),
        _triage(source.simple), _triage(source.hard), tuple(source.conclusions), tuple(source.opinion_sections),
        tuple(source.checks.procedure), tuple(source.checks.substance),
        tuple(Stage(s.name, s.hint) for s in source.stages),
    )  # fmt: skip


def _triage(source: _TriageSource) -> Triage:
    return Triage(tuple(source.types), source.amount_below, source.amount_from)


def _profile(source: _ProfileSource, path: Path, key: str) -> Profile:
    def limit(name: str) -> Limit | None:
        value = getattr(source, name)
        if value is None:
            return None
        if isinstance(value, int) and value > 0:
            return Limit(value)
        if natural := re.fullmatch(r"([1-9]\d*)日", str(value)):
            return Limit(int(natural[1]), natural=True)
        raise LexiconError(f"{path}：deadlines：{key}：{name} 的值 {value} 应为工作日数（如 5）或自然日（如 30日）")

    def must(name: str) -> Limit:
        found = limit(name)
        assert found is not None  # the source record requires it
        return found

    return Profile(
        must("accept"), must("review"), must("supplement"), must("archive"), limit("consult"), limit("expert"),
        limit("revise"), limit("filing"), source.review_at_least,
    )  # fmt: skip
