"""The layers, the homes of libraries and the plugins by folder, asserted on the code as it stands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "reviewer"
LAYERS = {
    "errors": 0, "columns": 0,
    "domain": 1, "laws": 1, "patterns": 1, "pattern_code": 1, "scan": 1, "places": 1, "pattern_samples": 1,
    "office_rules": 1,
    "readers": 2, "understanding": 2, "lexicon": 2, "law_files": 2, "law_texts": 2,
    "checkers": 3, "exports": 3, "scoring": 3,
    "pipeline": 4, "findings": 4, "merging": 4, "comparing": 4, "handbook": 4, "isolation": 4, "reference": 4,
    "law_import": 4, "upkeep": 4, "package": 4, "candidates": 4,
    "office": 5, "batch": 5,
    "batch_jobs": 6, "cli": 6, "api": 6, "web": 6, "__main__": 6,
}  # fmt: skip
MAY_SHARE_A_LAYER = {1, 4, 6}  # within these, modules build on each other
HOMES = {
    "jieba": "understanding/segmentation.py", "rjieba": "understanding/segmentation.py",
    "pypdfium2": "readers/pdf", "pdfplumber": "readers/pdf", "ahocorasick_rs": "scan.py", "click": "cli/",
    "sqlite_utils": "office/store", "docx": ("exports/", "batch/checkup_docx.py"),
    "openpyxl": ("batch/summary_xlsx.py", "office/ledger.py"),
    "docxtpl": "office/templates.py", "pyarrow": "batch/parquet.py", "distributed": "batch/cluster.py",
    "fsspec": "batch/storage.py",
}  # fmt: skip
DRAWERS = {"utils", "util", "helpers", "common", "misc", "base", "manager", "tools"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def unit(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_below(path: Path) -> None:
    own = unit(path)
    if own == "__init__":
        return
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "reviewer" or len(parts) < 2 or parts[1] == "__version__":
            continue
        other = parts[1]
        assert other in LAYERS, f"{path}: {other} has no layer"
        same = LAYERS[other] == LAYERS[own] and (other == own or LAYERS[own] in MAY_SHARE_A_LAYER)
        assert LAYERS[other] < LAYERS[own] or same, f"{path.name} ({own}) must not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_each_outside_library_has_one_home(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name in imported(path):
        home = HOMES.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{place} imports {name}, whose home is {home}"


def test_there_are_no_drawers() -> None:
    assert [p for p in modules() if p.stem.strip("_") in DRAWERS and p.stem != "__init__"] == []


def swallows_everything(path: Path) -> bool:
    """A bare, Exception or BaseException handler that does not end by raising again."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            if broad and not isinstance(node.body[-1], ast.Raise):
                return True
    return False


def test_only_the_pipeline_swallows_every_error() -> None:
    assert [p.name for p in modules() if swallows_everything(p)] == ["pipeline.py"]


@pytest.mark.parametrize("folder", ["checkers", "readers", "exports"])
def test_every_plugin_module_keeps_its_contract(folder: str) -> None:
    wanted = {"checkers": ("Options", "find"), "readers": ("SUFFIXES", "recognises", "read"),
              "exports": ("TITLE", "SUFFIX", "export")}[folder]  # fmt: skip
    for path in sorted((PACKAGE / folder).glob("*.py")):
        names = {n.name for n in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(n, "name")}
        names |= set(re.findall(r"^([A-Z_]+)\b.*=", path.read_text(encoding="utf-8"), re.M))
        if wanted[-1] in names and path.stem != "__init__":
            assert set(wanted) <= names, f"{path.name} lacks {set(wanted) - names}"
