"""What an office works with, opened once: data folder → database, files, settings, lines, calendar, engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from reviewer import isolation
from reviewer.domain import Line
from reviewer.office import rule_decisions
from reviewer.office.files import Files
from reviewer.office.lines import OfficeLine, read_lines
from reviewer.office.settings import Settings, read_settings
from reviewer.office.store import Store, open_store
from reviewer.office.workdays import Calendar, YearPlan, calendar, read_plans
from reviewer.office_rules import RuleDecision
from reviewer.pipeline import Engine
from reviewer.places import LEXICONS

OWN_LEXICONS = "lexicons"  # a folder of this name in the data folder adds to ours or overrides it
LAW_TEXTS = "laws"  # where `reviewer laws import --data` puts them


@dataclass(frozen=True)
class Office:
    folder: Path
    store: Store
    files: Files
    settings: Settings
    lines: Mapping[Line, OfficeLine]

    def calendar(self, today: dt.date) -> Calendar:
        """Working days with what the administrator entered so far."""
        with self.store.reading() as db:
            days = tuple((r["day"], r["kind"], r["name"]) for r in db.rows("SELECT * FROM workdays ORDER BY day"))
            years = tuple(r["year"] for r in db.rows("SELECT year FROM published_years ORDER BY year"))
        return _calendar(days, years, today.year)

    def engine(self) -> Engine:
        """The rules as they are in force here now: the shipped ones, the office's own, and what it decided on them."""
        own = self.folder / OWN_LEXICONS
        with self.store.reading() as db:
            decided = rule_decisions.current(db)
        return _engine((own,) if own.is_dir() else (), self.folder / LAW_TEXTS, decided)


def open_office(folder: Path) -> Office:
    """The office of a data folder, which is created as needed."""
    store = open_store(folder)
    return Office(folder, store, Files(folder / "files"), read_settings(folder), read_lines(LEXICONS))


@lru_cache(maxsize=4)
def _engine(own: tuple[Path, ...], law_texts: Path, decided: tuple[RuleDecision, ...]) -> Engine:
    loaded = _loaded(own, law_texts)
    return replace(loaded, decided={d.rule: d for d in decided}) if decided else loaded


@cache
def _loaded(own: tuple[Path, ...], law_texts: Path) -> Engine:
    reader = isolation.Reader(isolation.Limits())  # submitted files are read in a process of their own
    return replace(Engine.load(own_lexicons=own, law_texts=law_texts), read=reader.read)


@lru_cache(maxsize=8)
def _calendar(days: tuple[tuple[str, str, str], ...], published: tuple[int, ...], year: int) -> Calendar:
    own: dict[int, YearPlan] = {y: YearPlan(y, True) for y in published}
    for text, kind, name in days:
        day = dt.date.fromisoformat(text)
        plan = own.get(day.year, YearPlan(day.year, False))
        rest, work = dict(plan.rest), dict(plan.work)
        (rest if kind == "rest" else work)[day] = name
        own[day.year] = YearPlan(day.year, plan.published, rest, work)
    return calendar((*read_plans(LEXICONS / "workdays"), *own.values()), dt.date(year, 1, 1))
