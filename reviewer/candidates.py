"""Which rules can match in a text at all: the literals that its scan found → rules, before any of them is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reviewer.checkers import Checker
from reviewer.domain import Rule


@dataclass(frozen=True)
class Index:
    """A rule that hangs on literals matches only where one of them stands; of the others nothing is known."""

    hanging: Mapping[str, tuple[str, ...]]  # literal → rules
    free: frozenset[str]

    def rules(self, words: Collection[str]) -> frozenset[str]:
        """The rules that may match in a text with these literals."""
        return self.free.union(*map(self.hanging.__getitem__, self.hanging.keys() & words))


def index_of(rules: Iterable[Rule], checkers: Mapping[str, Checker]) -> Index:
    hanging: defaultdict[str, list[str]] = defaultdict(list)
    free: set[str] = set()
    for rule in rules:
        needed = checkers[rule.checker].form.literals
        literals = needed(rule.options) if needed else None
        if literals is None:
            free.add(rule.id)
            continue
        for literal in literals:
            hanging[literal].append(rule.id)
    return Index({literal: tuple(ids) for literal, ids in hanging.items()}, frozenset(free))
