"""YAML files → raw content → records, with every error told in Chinese by file and place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from reviewer.errors import LexiconError


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, with duplicate keys and syntax errors told by file and line."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                if key_node.value in seen:
                    line = key_node.start_mark.line + 1
                    raise LexiconError(f"{path}：第{line}行：“{key_node.value}”重复出现，请改名或合并")
                seen.add(key_node.value)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行：" if mark else ""
        problem = getattr(error, "problem", error)
        raise LexiconError(f"{path}：{line}不是合法的 YAML（{problem}），请检查缩进和引号") from None
    except UnicodeDecodeError:
        raise LexiconError(f"{path}：不是 UTF-8 编码，请另存为 UTF-8") from None


def convert(raw: Any, to: type[Any], path: Path, place: str) -> Any:
    """`raw` as a record of type `to`; errors in Chinese with the allowed names."""
    try:
        return msgspec.convert(raw, to, strict=True)
    except msgspec.ValidationError as error:
        raise LexiconError(f"{path}：{place}：{problem_of(str(error), to)}") from None


def problem_of(error: str, to: type[Any]) -> str:
    allowed = "、".join(f.name for f in msgspec.structs.fields(to)) if issubclass(to, msgspec.Struct) else ""
    if unknown := re.search(r"unknown field `(.+?)`(?: - at `(.+)`)?", error):
        where = f"（{unknown[2]}）" if unknown[2] else ""
        return f"不认识的键 {unknown[1]}{where}" + (f"，可用：{allowed}" if allowed and not unknown[2] else "")
    if missing := re.search(r"missing required field `(.+?)`", error):
        return f"缺少必填的键 {missing[1]}，可用：{allowed}"
    if bad := re.search(r"Invalid enum value '?(.+?)'?(?: - at `(.+)`)?$", error):
        return f"{bad[2] or ''} 的值 {bad[1]} 不在允许范围内"
    return f"内容不符合要求（{error}）"
