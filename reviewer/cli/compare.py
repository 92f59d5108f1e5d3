"""`reviewer compare`: a contract clause by clause against a model contract or an earlier version of itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.options import CLEAN, FOUND, PATH, engine
from reviewer.domain import Draft, Line
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.comparing import Comparison, Pair
    from reviewer.pipeline import Engine

STATUS = {"same": "一致", "changed": "有改动", "missing": "缺少", "added": "范本没有"}
_CONTEXT = 16  # characters of unchanged text that are shown around a change


@click.command()
@click.argument("file", type=PATH)
@click.argument("other", required=False, type=PATH)
@click.option("--template", help="合同范本的名称，如 货物采购；不给范本也不给第二个文件的，按合同类型选用。")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(["text", "json", "html"]),
              help="输出的格式。")  # fmt: skip
@click.option("-o", "--output", type=PATH, help="写入这个文件；默认输出到屏幕。")
def compare(file: Path, other: Path | None, template: str | None, form: str, output: Path | None) -> None:
    """把合同与范本（或者旧稿 OTHER）逐条对比：一致、有改动（显示差异）、缺少、范本没有。

    退出码：0 各条一致，1 有差异，2 用法或文件错误。

    例：reviewer compare 合同.docx --template 货物采购
    """
    from reviewer.comparing import compare as compared
    from reviewer.comparing import template_path

    if other is not None and template is not None:
        raise UsageError("已经给出要对比的文件，不能同时使用 --template，请去掉其中一个")
    loaded = engine()
    draft = _contract(loaded, file)
    model = _contract(loaded, other or template_path(template or draft.type))
    comparison = compared(draft, model, loaded.clause_model)
    written = {"text": as_text, "json": as_json, "html": as_html}[form](comparison)
    if output is None:
        sys.stdout.buffer.write(written.encode())
    else:
        try:
            output.write_text(written, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"不能写入 {output}（{error.strerror}），请检查目录是否存在、是否有写权限") from None
        click.echo(f"已生成 {output}", err=True)
    sys.stdout.flush()
    sys.exit(CLEAN if all(p.status == "same" for p in comparison.pairs) else FOUND)


def _contract(loaded: Engine, path: Path) -> Draft:
    from reviewer import readers

    return loaded.understand(readers.read(path), Line.CONTRACT)


# ---------------------------------------------------------------- output


def summary(comparison: Comparison) -> str:
    from reviewer.comparing import Status

    return "，".join(f"{STATUS[s]} {comparison.count(s)} 条" for s in Status)


def as_text(comparison: Comparison) -> str:
    """One line for each clause, changes as [-删去-]{+增加+} with a little of what stands around them."""
    out = [f"{comparison.draft} 对比 {comparison.model}：{summary(comparison)}", ""]
    for pair in comparison.pairs:
        out.append(f"【{STATUS[pair.status]}】{_titles(pair)}")
        if pair.status == "changed" and all(x.change != "equal" for x in pair.pieces):
            out += [f"    {'范本' if x.change == 'deleted' else '合同'}：{_short(x.text)}" for x in pair.pieces]
        elif pair.status == "changed":
            out.append(f"    {_marked(pair)}")
        elif pair.status == "missing" and pair.model is not None:
            out.append(f"    范本：{_short(pair.model.words)}")
            if pair.elsewhere:
                out.append(f"    相近的内容见{pair.elsewhere}，请核对是否已经包含")
        elif pair.status == "added" and pair.draft is not None:
            out.append(f"    合同：{_short(pair.draft.words)}")
    return "\n".join(out) + "\n"


def as_json(comparison: Comparison) -> str:
    def side(pair: Pair, which: str) -> dict[str, Any] | None:
        clause = getattr(pair, which)
        if clause is None:
            return None
        return {"where": clause.where, "heading": clause.heading, "kind": clause.kind, "start": clause.span.start,
                "end": clause.span.end, "text": clause.words}  # fmt: skip

    from reviewer.comparing import Status

    return json.dumps({
        "schema": 1, "document": comparison.draft, "template": comparison.model,
        "counts": {s.value: comparison.count(s) for s in Status},
        "clauses": [{
            "status": p.status.value, "likeness": p.likeness, "template": side(p, "model"),
            "document": side(p, "draft"), "elsewhere": p.elsewhere,
            "difference": [[x.change, x.text] for x in p.pieces] if p.status == "changed" else [],
        } for p in comparison.pairs],
    }, ensure_ascii=False, indent=1) + "\n"  # fmt: skip


_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>合同对比</title><style>
body{{font:16px/1.8 "Noto Serif CJK SC","SimSun",serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}}
h1{{font-size:1.4rem}} h2{{font-size:1rem;margin:1.4rem 0 .3rem}} p{{margin:.2rem 0}}
.status{{display:inline-block;min-width:4.5em;font-weight:bold}} .missing .status,.changed .status{{color:#a40000}}
.same .status{{color:#276a2b}} .added .status{{color:#1f4e9c}} del{{background:#fbd9d9}} ins{{background:#d8f2d8}}
mark{{background:#fdf3c8}}
</style></head><body><h1>{title}</h1><p>{summary}</p>
<p><del>删去的范本文字</del>　<ins>增加的文字</ins>　<mark>填入空白处的文字</mark></p>
{clauses}</body></html>
"""


def as_html(comparison: Comparison) -> str:
    """A page of its own, without scripts or outside files."""
    title = f"{comparison.draft} 对比 {comparison.model}"
    parts = [f'<section class="{p.status.value}"><h2><span class="status">{STATUS[p.status]}</span>{escape(_titles(p))}'
             f"</h2>{''.join(f'<p>{x}</p>' for x in _paragraphs(p))}</section>" for p in comparison.pairs]  # fmt: skip
    return _PAGE.format(title=escape(title), summary=summary(comparison), clauses="\n".join(parts))


def _paragraphs(pair: Pair) -> Iterator[str]:
    tags = {"deleted": "del", "inserted": "ins", "filled": "mark"}
    if pair.pieces:
        yield "".join(f"<{tags[x.change]}>{escape(x.text)}</{tags[x.change]}>" if x.change in tags else escape(x.text)
                      for x in pair.pieces)  # fmt: skip
    elif pair.model is not None:
        yield escape(pair.model.words)
        if pair.elsewhere:
            yield escape(f"相近的内容见{pair.elsewhere}，请核对是否已经包含")
    elif pair.draft is not None:
        yield escape(pair.draft.words)


def _titles(pair: Pair) -> str:
    names = [_name(c) for c in (pair.model, pair.draft) if c is not None]
    return " ↔ ".join(dict.fromkeys(names))


def _name(clause: Any) -> str:
    what = clause.heading or (f"（{clause.kind}）" if clause.kind else "")
    return f"{clause.where} {what}".strip() if what != clause.where else clause.where


def _marked(pair: Pair) -> str:
    marks = {"deleted": "[-{}-]", "inserted": "{{+{}+}}", "filled": "{}", "equal": "{}"}
    out = []
    last = len(pair.pieces) - 1
    for n, piece in enumerate(pair.pieces):
        text = piece.text
        if piece.change in ("equal", "filled") and len(text) > 2 * _CONTEXT:
            text = f"{text[:_CONTEXT] if n else ''}…{text[-_CONTEXT:] if n < last else ''}"
        out.append(marks[piece.change].format(text))
    return "".join(out)


def _short(text: str) -> str:
    line = "".join(text.split())
    return line if len(line) <= 80 else line[:80] + "…"


COMMANDS = [compare]
