"""The law catalogue's tables → `LawCatalogue`; strict: an error names file, row and problem.

`laws/catalogue/*.tsv` one row a law, `laws/moves/*.tsv` one row a moved article, `laws/versions.tsv` one row a
version of an amended law. Columns are separated by tabs; several names in a cell by 、 (aliases) or ； (successors).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

from reviewer.errors import LexiconError
from reviewer.laws import ArticleMove, Law, LawCatalogue, LawVersion

CATALOGUE_COLUMNS = (
    "名称", "简称", "类别", "制定机关", "文号", "公布", "修改",
    "施行", "条数", "状态", "废止日期", "替代", "废止依据", "核验", "备注",
)  # fmt: skip
MOVE_COLUMNS = ("旧文件", "旧条", "新文件", "新条", "依据", "关键词")
VERSION_COLUMNS = ("名称", "版本", "施行", "条数")
STATES = ("有效", "废止")
EVIDENCE = ("核对", "相似")


def load_catalogue(folder: Path) -> LawCatalogue:
    """The catalogue in a `laws` folder; LexiconError when a file is missing or a row is wrong."""
    files = [*sorted((folder / "catalogue").glob("*.tsv")), *sorted((folder / "moves").glob("*.tsv"))]
    versions_file = folder / "versions.tsv"
    files += [versions_file] if versions_file.is_file() else []
    if not (folder / "catalogue").is_dir():
        raise LexiconError(f"{folder}：没有 catalogue 目录，法规目录无法载入，请检查词库是否完整")
    contents = {path: _read(path) for path in files}
    laws: dict[str, Law] = {}
    moves: dict[str, list[ArticleMove]] = {}
    versions: dict[str, list[LawVersion]] = {}
    for path, text in contents.items():
        if path == versions_file:
            for place, row in _rows(path, text, VERSION_COLUMNS):
                versions.setdefault(row[0], []).append(_version(row, place))
        elif path.parent.name == "moves":
            for place, row in _rows(path, text, MOVE_COLUMNS):
                moves.setdefault(row[0], []).append(_move(row, place))
        else:
            for place, row in _rows(path, text, CATALOGUE_COLUMNS):
                if row[0] in laws:
                    raise LexiconError(f"{place}：《{row[0]}》在目录中重复，请只保留一行")
                laws[row[0]] = _law(row, place)
    _check_names(laws, moves, versions, folder)
    return LawCatalogue(
        laws=tuple(laws.values()),
        moves={title: tuple(rows) for title, rows in moves.items()},
        version=_digest(contents),
        versions={t: tuple(sorted(v, key=lambda x: x.year)) for t, v in versions.items()},
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise LexiconError(f"{path}：不是 UTF-8 编码，请另存为 UTF-8") from None


def _digest(contents: dict[Path, str]) -> str:
    digest = hashlib.sha256()
    for path, text in contents.items():
        digest.update(path.name.encode() + text.encode())
    return digest.hexdigest()[:12]


def _rows(path: Path, text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """(place for messages, cells) of each row under the expected heading; empty rows and # rows are skipped."""
    lines = text.splitlines()
    heading = tuple(lines[0].split("\t")) if lines else ()
    if heading != columns:
        raise LexiconError(f"{path}：第1行：表头应为 {'、'.join(columns)}（以制表符分隔），现在是 {'、'.join(heading)}")
    name, width = str(path), len(columns)
    for number, line in enumerate(lines[1:], 2):
        if not line or line[0] == "#":
            continue
        row = line.split("\t")
        if len(row) != width:
            raise LexiconError(f"{name}：第{number}行：应有{width}列，现在有{len(row)}列，请检查制表符")
        if not row[0]:
            raise LexiconError(f"{name}：第{number}行：缺少{columns[0]}")
        yield f"{name}：第{number}行", row


def _law(row: list[str], place: str) -> Law:
    title, aliases, rank, issuer, number, promulgated, amended = row[:7]
    effective, articles, state, ended, by, under, source, note = row[7:]
    if state not in STATES:
        raise LexiconError(f"{place}：状态“{state}”不认识，可用：{'、'.join(STATES)}")
    if ended and state != "废止":
        raise LexiconError(f"{place}：《{title}》写了废止日期，状态应当是“废止”")
    return Law(
        title,
        tuple(aliases.split("、")) if aliases else (),
        rank,
        issuer,
        number,
        _date(promulgated, place) if promulgated else None,
        _date(amended, place) if amended else None,
        _date(effective, place) if effective else None,
        _number(articles, place) if articles else 0,
        state == "废止",
        _date(ended, place) if ended else None,
        tuple(by.split("；")) if by else (),
        source,
        note,
        under,
    )


def _move(row: list[str], place: str) -> ArticleMove:
    _, old, law, new, evidence, keywords = row
    if evidence not in EVIDENCE:
        raise LexiconError(f"{place}：依据“{evidence}”不认识，可用：{'、'.join(EVIDENCE)}")
    return ArticleMove(_number(old, place), _number(new, place), law, evidence == "核对", keywords)


def _version(row: list[str], place: str) -> LawVersion:
    _, year, effective, articles = row
    return LawVersion(_number(year, place), _date(effective, place) if effective else None, _number(articles, place))


def _date(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise LexiconError(f"{place}：日期“{text}”有误，请写成 2021-01-01 的样子") from None


def _number(text: str, place: str) -> int:
    if not text.isdecimal():
        raise LexiconError(f"{place}：“{text}”应当是整数")
    return int(text)


def _check_names(
    laws: dict[str, Law], moves: dict[str, list[ArticleMove]], versions: dict[str, list[LawVersion]], folder: Path
) -> None:
    """Moves and versions must speak of laws of the catalogue."""
    for old, rows in moves.items():
        for title in {old.split("(")[0], *(row.law for row in rows)}:
            if title not in laws:
                raise LexiconError(f"{folder / 'moves'}：《{title}》不在法规目录中，请核对名称")
    for title in versions:
        if title not in laws:
            raise LexiconError(f"{folder / 'versions.tsv'}：《{title}》不在法规目录中，请核对名称")
