"""A folder of contracts of our own making for the batch benchmark: different documents, copies, versions, broken ones.

Every text is made from a seed. A .docx is the package of python-docx with the paragraphs written into it. A PDF is set
with the fonts of one sheet printed by LibreOffice (`typesetting`); without LibreOffice its font is not embedded.
"""

from __future__ import annotations

import io
import math
import os
import random
import re
import shutil
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from xml.sax.saxutils import escape

from documents import HEADINGS, PARTIES, SENTENCES, SUPPLIERS, contract_lines, pdf_of, print_pdfs
from typesetting import Type, cast, pdf_set

WORKERS = 2
SHORTEST, LONGEST = 2, 40  # pages
COPIES, VERSIONS, BROKEN, ZIPPED = 0.10, 0.10, 0.02, 0.05
ARCHIVE = "补充材料.zip"
FOLDERS = ("住房和城乡建设局", "教育和体育局", "综合行政执法局", "公共资源交易中心", "水务局", "卫生健康局",
           "某街道办事处")  # fmt: skip
FIRST, SECOND = "云长青海清石金玉松竹梅兰桂荷溪河湖江山岭", "泉桥湾坪塘港浦坊园台亭洲渡庄里滩冲坡"
DETAILS = (
    "{a}{b}路{n}号{c}{d}片区的管线由第{n}标段负责，图纸编号{c}{n}—{m}。",
    "编号{m}的{a}{b}设备安装在{c}{d}泵站{n}层，由{d}{a}班组每月检查{k}次。",
    "{c}{b}社区{n}栋至{m}栋的外墙面积为{m}平方米，材料为{a}{d}牌涂料。",
    "{d}{b}小学{n}间教室、{a}{c}中学{k}间实验室列入第{k}批清单，台账号{m}。",
    "第{k}批货物共{n}箱，产地{a}{b}，运至{c}{d}仓库{m}号库位。",
)


@dataclass(frozen=True)
class Plan:
    """One file of the folder: `changes` makes a version of the document of the same seed."""

    path: Path
    pages: float
    seed: int
    changes: int = 0


def lines_of(plan: Plan) -> list[str]:
    """A contract with details that no other seed has, so that only versions are alike."""
    rng = random.Random(plan.seed)
    lines = []
    for line in contract_lines(plan.pages * 0.55, plan.seed):
        lines.append(line)
        if line[0].isdigit() and len(line) > 30:
            parts = {k: rng.choice(FIRST if k in "ac" else SECOND) for k in "abcd"}
            numbers = {"n": rng.randint(11, 999), "m": rng.randint(1000, 99999), "k": rng.randint(2, 9)}
            lines[-1] += "".join(rng.sample(DETAILS, 2)).format(**parts, **numbers)
    rng = random.Random(plan.changes)
    for _ in range(plan.changes and 2):
        at = rng.randrange(3, len(lines) - 3)
        lines[at] = lines[at].replace("乙方", "受托方").replace("三十日", f"{plan.changes}个工作日")
    return lines


def make_folder(folder: Path, count: int) -> None:
    rng = random.Random(count)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    kinds = [".docx"] * (count * 6 // 10) + [".pdf"] * (count - count * 6 // 10)
    rng.shuffle(kinds)
    copies, versions, broken = int(count * COPIES), int(count * VERSIONS), int(count * BROKEN)
    plans: list[Plan] = []
    for n, kind in enumerate(kinds):
        path = folder / FOLDERS[n % len(FOLDERS)] / f"第{n:05d}号合同{kind}"
        pages = SHORTEST * math.exp(rng.random() * math.log(LONGEST / SHORTEST))
        plans.append(Plan(path, pages, n))
    alone = plans[: count - copies - versions - broken]
    for n, plan in enumerate(plans[len(alone) : len(alone) + versions]):
        same = alone[n % len(alone)]
        plans[len(alone) + n] = Plan(plan.path, same.pages, same.seed, 2 + n % 7)
    own, kind = plans[: len(alone) + versions], printing_type()
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        for done in [pool.submit(make, own[at : at + 100], kind) for at in range(0, len(own), 100)]:
            done.result()
    made = {kind: [p.path for p in alone if p.path.suffix == kind] for kind in (".docx", ".pdf")}
    for n, plan in enumerate(plans[len(alone) + versions : count - broken]):
        same = made[plan.path.suffix]
        shutil.copy(same[n % len(same)], plan.path)
    for n, plan in enumerate(plans[count - broken :]):
        whole = made[plan.path.suffix][n].read_bytes()
        plan.path.write_bytes((b"", whole[: len(whole) // 3], os.urandom(3000), whole[:200])[n % 4])
    zip_some(folder / ARCHIVE, [p.path for p in plans[:: int(1 / ZIPPED)]])


def make(plans: list[Plan], kind: Type | None) -> None:
    """Write documents; `kind` is the type of the PDF."""
    for plan in plans:
        lines = lines_of(plan)
        if plan.path.suffix == ".docx":
            plan.path.write_bytes(docx_of(lines))
        else:
            plan.path.write_bytes(pdf_set(lines, kind) if kind else pdf_of(lines))


def docx_of(lines: list[str]) -> bytes:
    """Paragraphs of several runs each, as Word leaves them, in the package that python-docx begins with."""
    paragraphs = []
    for line in lines:
        runs = (line[start : start + 40] for start in range(0, len(line), 40))
        written = "".join(f'<w:r><w:t xml:space="preserve">{escape(run)}</w:t></w:r>' for run in runs)
        paragraphs.append(f"<w:p>{written}</w:p>")
    name, content, others = _package()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content.replace(b"<w:sectPr", "".join(paragraphs).encode() + b"<w:sectPr", 1))
        for other, data in others:
            package.writestr(other, data)
    return out.getvalue()


@cache
def _package() -> tuple[str, bytes, tuple[tuple[str, bytes], ...]]:
    """The part of the text of an empty document, and the other parts."""
    import docx

    empty = io.BytesIO()
    docx.Document().save(empty)
    with zipfile.ZipFile(empty) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "word/document.xml"
    return name, parts.pop(name), tuple(parts.items())


def printing_type() -> Type | None:
    """Type for all characters of the contracts; None where LibreOffice is not installed."""
    usual = lines_of(Plan(Path(), 20, 0))
    every = "".join((*PARTIES, *SUPPLIERS, *SENTENCES, *HEADINGS, *DETAILS, FIRST, SECOND, "0123456789受托个工作日"))
    with tempfile.TemporaryDirectory() as name:
        sheet = Path(name) / "sheet.docx"
        sheet.write_bytes(docx_of([*usual, every]))
        return cast((Path(name) / "sheet.pdf").read_bytes()) if print_pdfs([sheet], Path(name)) else None


def zip_some(target: Path, paths: list[Path]) -> None:
    """Move some files into an archive whose names are in GBK, as Windows wrote them."""
    names: dict[bytes, bytes] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, path in enumerate(paths):  # zipfile writes UTF-8 only: stand-ins of the same length are put right after
            raw = f"{path.parent.name}/{path.name}".encode("gbk")
            names[f"@{n:06}".rjust(len(raw), "@").encode()] = raw
            archive.writestr(f"@{n:06}".rjust(len(raw), "@"), path.read_bytes())
            path.unlink()
    target.write_bytes(re.sub(rb"@+\d{6}", lambda m: names.get(m[0], m[0]), target.read_bytes()))
