"""Small folders of real documents for the batch tests: contracts, a measure, a copy, broken files, an archive."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import wordml

CONTRACT = (
    "技术服务合同",
    "甲方：某区水务局",
    "乙方：云帆信息技术有限公司",
    "一、服务内容",
    "乙方为甲方提供{name}平台的运行维护服务，每月巡检{n}次，发现故障应当在两小时内到场处理并书面报告。",
    "二、合同价款",
    "合同总价为人民币{n}00000元，甲方在验收合格后三十日内支付。",
    "三、定金",
    "乙方应于签约当日支付定金，定金为合同总价的百分之三十。",
    "四、争议解决",
    "因本合同发生的争议，由双方协商解决；协商不成的，向{name}所在地人民法院提起诉讼。",
    "甲方（盖章）：　　　乙方（盖章）：",
    "2026年3月{n}日",
)
MEASURE = (
    "某区养犬管理办法",
    "第一条 为规范养犬行为，根据《中华人民共和国合同法》和《中华人民共和国行政处罚法》第十四条，制定本办法。",
    "第二条 违反本办法第一条规定的，由区城市管理部门处五千元以上一万元以下罚款，并暂扣营业执照。",
    "第三条 本办法自2026年1月1日起施行。",
)


def contract(path: Path, name: str, n: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return wordml.write(path, *(wordml.p(line.format(name=name, n=n)) for line in CONTRACT))


def measure(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(MEASURE), "utf-8")
    return path


def gbk_zip(path: Path, files: dict[str, bytes]) -> Path:
    """An archive as Windows wrote it: names in GBK, without saying so (`zipfile` writes UTF-8 only)."""
    names = {name.encode("gbk"): name for name in files}
    stand_ins = {raw: f"{n:03}".rjust(len(raw), "_").encode() for n, raw in enumerate(names) if len(raw) > 2}
    with zipfile.ZipFile(path, "w") as archive:
        for raw, name in names.items():
            archive.writestr(stand_ins.get(raw, raw).decode(), files[name])
    data = path.read_bytes()
    for raw, stand_in in stand_ins.items():
        data = data.replace(stand_in, raw)
    path.write_bytes(data)
    return path


def mixed(folder: Path) -> Path:
    """Two contracts, a copy in another folder, a version, a measure, one more in an archive, two broken files."""
    first = contract(folder / "水务局" / "运维合同.docx", "智慧水务", 3)
    contract(folder / "教体局" / "课后服务合同.docx", "课后托管", 5)
    copy = folder / "教体局" / "运维合同（副本）.docx"
    copy.write_bytes(first.read_bytes())
    measure(folder / "养犬管理办法.txt")
    inner = contract(folder / "临时.docx", "河道保洁", 7)
    gbk_zip(folder / "补充材料.zip", {"合同/河道保洁合同.docx": inner.read_bytes(), "说明/": b""})
    inner.unlink()
    (folder / "水务局" / "残缺.docx").write_bytes(first.read_bytes()[:300])
    (folder / "空白.pdf").write_bytes(b"")
    return folder


def contents(output: Path) -> dict[str, str]:
    """Every file that came out, by its SHA-256; the working folder left out."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".work" not in path.parts
    }


def stored(output: Path) -> int:
    """How many documents have a result, -1 before there is a database."""
    try:
        with closing(sqlite3.connect(f"file:{output}/.work/state.sqlite?mode=ro", uri=True)) as state:
            return int(state.execute("SELECT COUNT(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:
        return -1
