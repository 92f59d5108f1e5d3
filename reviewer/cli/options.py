"""What several commands share: exit codes, option types, the engine with an office's own lexicons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reviewer.pipeline import Engine

CLEAN, FOUND, USER_ERROR, NOT_CHECKED = 0, 1, 2, 3
LINES = ("contract", "normative", "decision", "enforcement", "minutes")
PATH = click.Path(path_type=Path)
SEVERITY = {"illegal": "违法", "risk": "风险", "advice": "建议"}

own_lexicons = click.option("--lexicons", multiple=True, type=PATH, help="本单位自己的词库目录，可给多个。")


def date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """A click callback: 2026-11-21 → date."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"“{value}”不是日期，应写成 2026-11-21 这样的形式") from None


def engine(lexicons: tuple[Path, ...] = ()) -> Engine:
    from reviewer.pipeline import Engine

    return Engine.load(own_lexicons=lexicons)
