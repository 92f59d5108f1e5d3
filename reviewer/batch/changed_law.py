"""A changed law → the documents that cite or rest on it, from stored results only; no document is read again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.batch import results
from reviewer.batch.records import BatchError
from reviewer.batch.results import State
from reviewer.batch.run import local_output
from reviewer.law_files import load_catalogue
from reviewer.laws import LawCatalogue, name_key
from reviewer.places import LEXICONS

NAME = "法律变动影响.xlsx"
HEADS = ("涉及的法律文件", "文件", "标题", "方式", "位置", "条", "说明")
WIDTHS = (36, 50, 36, 10, 20, 8, 44)


class Affected(NamedTuple):
    """One place of one file that has to do with the law; `article` 0: the law as a whole."""

    law: str
    place: str
    title: str
    manner: str  # 引用 | 审查依据
    where: str
    article: int
    note: str


class Scan(NamedTuple):
    affected: tuple[Affected, ...]
    sentences: tuple[str, ...]  # which laws were looked for, and what is said of them
    path: Path  # the list as a workbook


def scan(output: str, laws: tuple[str, ...], on: dt.date) -> Scan:
    """The files of an earlier batch that named laws concern; without names, laws whose state is another by now."""
    from reviewer.batch import summary_xlsx

    folder = local_output(output)
    if not (folder / results.WORK / results.DATABASE).is_file():
        raise BatchError(f"{output}：还没有批量审查的结果。请先运行 reviewer batch 文件夹 -o {output}。")
    catalogue = load_catalogue(LEXICONS / "laws")
    with results.told(output), results.opened(folder) as state:
        basis = state.value("SELECT id FROM bases ORDER BY used DESC LIMIT 1")
        if basis is None:
            raise BatchError(f"{output}：还没有审查过的文件。请先运行 reviewer batch 文件夹 -o {output}。")
        changes = [] if laws else changed_states(state, basis, catalogue, on)
        sentences = [f"《{law}》：审查时{then}，现在{now}" for law, then, now in changes]
        if not laws and not changes:
            sentences.append("已审查文件所引用的法规，状态都没有变化。")
        names = laws or tuple(law for law, _, _ in changes)
        asked = (law.strip("《》") for law in laws)
        sentences += [f"法规目录中没有《{law}》，按名称查找" for law in asked if catalogue.find(law) is None]
        found = tuple(item for name in names for item in affected(state, basis, name, catalogue))
        rows = ([*item[:5], item.article or None, item.note] for item in found)
        path = folder / NAME
        path.write_bytes(summary_xlsx.single("法律变动影响", HEADS, WIDTHS, rows, on.isoformat()))
    return Scan(found, tuple(sentences), path)


def affected(state: State, basis: int, law: str, catalogue: LawCatalogue) -> Iterator[Affected]:
    """Places that cite a law, under any of its names, and findings that rest on it, in the order of files."""
    law = law.strip("《》")
    known = catalogue.find(law)
    title = known.title if known else law
    keys = {name_key(title), *(name_key(alias) for alias in (known.aliases if known else ()))}
    connection = state.connection
    connection.create_function("is_law", 2, lambda cited, written: cited == title or name_key(written) in keys)
    rows = state.rows(
        "SELECT f.place, d.title AS document, c.title, c.article, c.\"where\" FROM files f "
        "JOIN documents d ON d.base = ?1 AND d.sha256 = f.sha256 "
        "JOIN citations c ON c.base = ?1 AND c.sha256 = f.sha256 "
        "WHERE is_law(c.law, c.title) ORDER BY f.place, c.n",
        basis,
    )
    for row in rows:
        note = f"写作《{row['title']}》"
        yield Affected(title, row["place"], row["document"], "引用", row["where"], row["article"], note)
    rows = state.rows(
        "SELECT f.place, d.title AS document, x.title, x.basis AS rests_on, x.\"where\" FROM files f "
        "JOIN documents d ON d.base = ?1 AND d.sha256 = f.sha256 "
        "JOIN findings x ON x.base = ?1 AND x.sha256 = f.sha256 ORDER BY f.place, x.n",
        basis,
    )
    for row in rows:
        named = re.findall("《([^》]+)》", row["rests_on"])
        if any(name_key(name) in keys for name in named):
            yield Affected(title, row["place"], row["document"], "审查依据", row["where"], 0, row["title"])


def changed_states(state: State, basis: int, catalogue: LawCatalogue, on: dt.date) -> list[tuple[str, str, str]]:
    """Laws that stored documents cite and whose state is another now: title, state then, state on `on`."""
    found = []
    query = "SELECT DISTINCT law, state FROM citations WHERE base = ? AND law != '' ORDER BY law"
    for law, then in state.rows(query, basis):
        known = catalogue.find(law)
        now = known.status(on) if known else "目录中已没有"
        if now != then:
            found.append((law, then, now))
    return found
