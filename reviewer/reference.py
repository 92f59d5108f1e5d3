"""The lexicon → the reference: every rule with its law and examples, and every review point with who looks after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reviewer.checkers import all_checkers
from reviewer.domain import Rule
from reviewer.errors import LexiconError
from reviewer.lexicon import COMMON, Lexicon, convert, read_yaml

SEVERITY = {"illegal": "违法", "risk": "风险", "advice": "建议"}
STATUS = {"trial": "试行", "active": "启用", "retired": "停用"}


@dataclass(frozen=True, slots=True)
class Point:
    """审查要点: found by rules, or left to a person for a reason, or both."""

    id: str
    name: str
    rules: tuple[str, ...]
    needs_person: str


class _CoverageSource(msgspec.Struct, forbid_unknown_fields=True):
    needs_person: str


def points(lexicon: Lexicon, folder: Path) -> tuple[Point, ...]:
    """All review points of `points.yaml` with the rules that claim them and the reasons of `coverage.yaml`."""
    names: dict[str, str] = convert(read_yaml(folder / "points.yaml"), dict[str, str], folder / "points.yaml", "要点")
    path = folder / "coverage.yaml"
    reasons: dict[str, _CoverageSource] = convert(read_yaml(path) or {}, dict[str, _CoverageSource], path, "要点")
    claimed: defaultdict[str, list[str]] = defaultdict(list)
    for rule in lexicon.rules:
        for point in rule.points:
            claimed[point].append(rule.id)
    for unknown in sorted((claimed.keys() | reasons.keys()) - names.keys()):
        claimants = "、".join(claimed[unknown]) or path.name
        raise LexiconError(f"{folder / 'points.yaml'}：没有要点 {unknown}（{claimants}）")
    return tuple(
        Point(key, name, tuple(claimed.get(key, ())), reasons[key].needs_person if key in reasons else "")
        for key, name in names.items()
    )


def pages(lexicon: Lexicon, folder: Path) -> Mapping[str, str]:
    """File name → Markdown of the whole reference."""
    lines = (COMMON, *(line.value for line in lexicon.lines))
    made = {f"rules-{line}.md": "\n".join(_line_page(lexicon, line)) + "\n" for line in lines}
    made["points.md"] = "\n".join(_points_page(points(lexicon, folder))) + "\n"
    made["checkers.md"] = "\n".join(_checkers_page()) + "\n"
    return made


def _line_page(lexicon: Lexicon, line: str) -> Iterator[str]:
    names = {bl.line.value: bl.name for bl in lexicon.lines.values()}
    yield f"# 审查规则：{names.get(line, '各条线通用')}\n"
    yield "由 `reviewer rules reference` 生成，请勿手改。⟦…⟧ 之内是应当标出的文字。\n"
    by_category: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in lexicon.rules:
        if rule.line == line:
            by_category[rule.category].append(rule)
    for key, category in lexicon.categories.items():
        if by_category[key]:
            yield f"## {category.name}（{key}）\n"
            for rule in sorted(by_category[key], key=lambda r: r.id):
                yield from _rule_section(rule)


def _rule_section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.title}\n"
    doubt = "（依据待核）" if rule.unverified_basis else ""
    yield f"- 编号：`{rule.id}`　{SEVERITY[rule.severity]}　检查器 `{rule.checker}`　{STATUS[rule.status]}"
    yield f"- 依据：{'；'.join(rule.basis) or '——'}{doubt}"
    if rule.types:
        yield f"- 适用：{'、'.join(rule.types)}"
    if rule.points:
        yield f"- 要点：{'、'.join(rule.points)}"
    yield f"- 意见：{rule.message}"
    yield f"- 建议：{_one_line(rule.suggestion)}"
    yield from (f"- 命中例：{_one_line(example)}" for example in rule.hit)
    yield from (f"- 放行例：{_one_line(example)}" for example in rule.clean)
    yield ""


def _one_line(text: str, most: int = 160) -> str:
    line = " ／ ".join(part.strip() for part in text.strip().splitlines() if part.strip())
    return line if len(line) <= most else line[:most] + "……"


def _points_page(all_points: tuple[Point, ...]) -> Iterator[str]:
    by_rule = sum(bool(p.rules) for p in all_points)
    yield "# 审查要点对照\n"
    yield "由 `reviewer rules reference` 生成，请勿手改。\n"
    yield f"共 {len(all_points)} 个要点：{by_rule} 个有规则，{len(all_points) - by_rule} 个只能由人审查。\n"
    yield "| 要点 | 名称 | 规则 | 须由人审查的理由 |\n|---|---|---|---|"
    for point in all_points:
        rules = "<br>".join(f"`{rule}`" for rule in point.rules)
        yield f"| {point.id} | {point.name} | {rules} | {point.needs_person} |"


def _checkers_page() -> Iterator[str]:
    yield "# 检查器\n"
    yield "由 `reviewer rules reference` 生成，请勿手改。规则的 `checker` 填名称，`options` 填选项。\n"
    for checker in all_checkers().values():
        yield f"## {checker.name}\n\n{checker.summary}\n"
        fields = msgspec.structs.fields(checker.form.options)
        for field in fields:
            required = "必填" if field.required else f"默认 `{field.default!r}`"
            yield f"- `{field.name}`：{required}"
        yield ""
