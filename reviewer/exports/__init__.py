"""Review → one outgoing paper or file format per module of this folder.

A module is an export when it has `TITLE` (Chinese), `SUFFIX` (of the file, with its dot) and
`export(review, source, *, …options) -> bytes`. Modules whose name starts with an underscore are not exports.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from reviewer.domain import Review
from reviewer.errors import UsageError
from reviewer.exports._wording import minor_heading as minor_heading


@cache
def names() -> tuple[str, ...]:
    """The names of all exports, in alphabetical order."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg and not m.name.startswith("_")))


def titles() -> dict[str, str]:
    """Export name → what it is called in Chinese."""
    return {name: str(_module(name).TITLE) for name in names()}


def suffix(name: str) -> str:
    """The file suffix of an export: .docx, .html …"""
    return str(_module(name).SUFFIX)


def export(name: str, review: Review, source: Path | None = None, **options: object) -> bytes:
    """Write a review as the named export; `source` is the reviewed file, for exports that work on it.

    Raises UsageError for an unknown name or option, and where the source does not fit the export.
    """
    module = _module(name)
    parameters = inspect.signature(module.export).parameters
    allowed = [key for key, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    unknown = [key for key in options if key not in allowed]
    if unknown:
        hint = f"可用：{'、'.join(allowed)}" if allowed else "它没有选项"
        raise UsageError(f"导出格式 {name} 不认识选项 {'、'.join(unknown)}，{hint}")
    data: bytes = module.export(review, source, **options)
    return data


def _module(name: str) -> ModuleType:
    if name not in names():
        raise UsageError(f"没有名为“{name}”的导出格式，可用：{'、'.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")
