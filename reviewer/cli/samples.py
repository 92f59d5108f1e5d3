"""`reviewer samples`: the sample documents reviewed → a table of results and one HTML report each."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer import exports
from reviewer.pipeline import Engine
from reviewer.places import SAMPLES

OUTPUT = Path("out")


@click.command()
def samples() -> None:
    """审查自带的样例文件，每份生成一个 HTML 报告。

    例：reviewer samples
    """
    engine = Engine.load()
    OUTPUT.mkdir(exist_ok=True)
    click.echo("评分　违法　风险　建议　条线　　　　文件")
    for path in sample_files():
        review = engine.review_file(path)
        counts = [sum(f.severity == s for f in review.findings) for s in ("illegal", "risk", "advice")]
        target = OUTPUT / f"{path.parent.name}.html"
        target.write_bytes(exports.export("html", review, path))
        value = "—" if review.score.value is None else review.score.value
        line = engine.lexicon.lines[review.draft.line].name
        click.echo(f"{value:>4}{counts[0]:>6}{counts[1]:>6}{counts[2]:>6}　{line}　{path.parent.name} → {target}")
    click.echo(f"\n报告在 {OUTPUT.resolve()}，用浏览器打开即可。审查自己的文件：.venv/bin/reviewer check 文件")


def sample_files() -> list[Path]:
    """The documents of corpus_samples/<line>/<name>/, without what a review must say of them."""
    return [p for p in sorted(SAMPLES.glob("*/*/*")) if p.is_file() and p.suffix not in (".yaml", ".md")]


COMMANDS = [samples]
