"""lexicons/fair_competition.yaml → the items of the fair competition review, each with the rules that look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from reviewer.errors import LexiconError
from reviewer.lexicon import convert, read_yaml
from reviewer.places import LEXICONS

FILE = LEXICONS / "fair_competition.yaml"


class Item(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One row of the form. At least one of `rules` and `needs_person` is there."""

    key: str
    number: str  # （一）, as the article counts
    text: str
    rules: tuple[str, ...] = ()
    needs_person: str = ""  # why the machine cannot tell alone


class Group(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The items of one article."""

    name: str
    article: str
    items: tuple[Item, ...]
    exceptions: bool = False  # what may justify the others, not a defect by itself


def groups(path: Path = FILE) -> tuple[Group, ...]:
    """The groups in the order of the file; LexiconError for anything the form could not use."""
    raw = read_yaml(path)
    if not isinstance(raw, dict) or not raw:
        raise LexiconError(f"{path}：顶层应当是“类别: 内容”的映射，请对照随附的文件修改")
    found = tuple(_group(path, str(key), value) for key, value in raw.items())
    keys = [item.key for group in found for item in group.items]
    for key in keys:
        if keys.count(key) > 1:
            raise LexiconError(f"{path}：key {key} 重复，请改名")
    return found


def _group(path: Path, key: str, value: Any) -> Group:
    group: Group = convert(value, Group, path, key)
    for item in group.items:
        if not item.rules and not item.needs_person:
            raise LexiconError(f"{path}：{key}：{item.key} 既没有 rules 也没有 needs_person，应至少写一个")
    return group
