"""Ways of seeing: one module per checker, found by walking this folder.

Each module has a docstring whose first line says what it sees, an `Options` record (msgspec.Struct, unknown fields
forbidden), `find(draft, options, knowledge) -> Iterator[Match]` and, where any match needs one of certain words,
`literals`: the rule is asked only where one of them stands (None: always).
`PATTERNS` are patterns of its own that it looks for with `patterns.matches` or `patterns.found`, as rules have theirs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reviewer.domain import Draft, Match
from reviewer.lexicon import CheckerForm, Knowledge


@dataclass(frozen=True, slots=True)
class Checker:
    name: str
    summary: str
    form: CheckerForm
    find: Callable[[Draft, Any, Knowledge], Iterator[Match]]


@cache
def all_checkers() -> Mapping[str, Checker]:
    """Name → checker, for every module of this folder."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if not hasattr(module, "find"):
            continue
        summary = (module.__doc__ or "").strip().splitlines()[0]
        form = CheckerForm(module.Options, getattr(module, "literals", None), getattr(module, "PATTERNS", ()))
        found[info.name] = Checker(info.name, summary, form, module.find)
    return found


def forms() -> dict[str, CheckerForm]:
    return {name: checker.form for name, checker in all_checkers().items()}
