"""Every broken or hostile file ends in a Chinese reason or in a real review, in time, and harms nothing."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hostile_files import write_all

from reviewer import isolation
from reviewer.domain import Outcome
from reviewer.errors import UnreadableFileError
from reviewer.pipeline import Engine
from reviewer.readers import ocr

SECONDS = 30.0
_CHINESE = re.compile("[\u4e00-\u9fff]")


def test_no_hostile_file_crashes_hangs_or_ends_in_an_empty_report(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ocr.SWITCH, "off")
    paths = write_all(tmp_path / "corpus")
    assert len(paths) >= 80
    wrong: list[str] = []
    with isolation.start(isolation.Limits(seconds=SECONDS)) as reader:
        for path in paths:
            begun = time.monotonic()
            try:
                document = reader.read(path)
            except UnreadableFileError as error:
                said = str(error)
                if not (said.startswith(path.name) and len(_CHINESE.findall(said)) > 10 and said.endswith("。")):
                    wrong.append(f"{path.name}: no reason to act on: {said}")
                if any(word in said for word in ("意外中止", "没有进展", "所需内存")):
                    wrong.append(f"{path.name}: {said}")
                continue
            review = engine.review(document)
            if not document.text.strip() and not (document.warnings and review.score.value is None):
                wrong.append(f"{path.name}: nothing was read and nothing is said")
            failed = [o for o in review.outcomes if o.outcome is Outcome.FAILED]
            if document.text.strip() and failed:
                wrong.append(f"{path.name}: {failed[0]}")
            if time.monotonic() - begun > SECONDS:
                wrong.append(f"{path.name}: took {time.monotonic() - begun:.0f} s")
    assert wrong == []
    assert not Path("/tmp/hostile").is_file() and not Path("/etc/hostile").exists()


def test_a_sound_part_of_the_corpus_is_really_reviewed(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ocr.SWITCH, "off")
    paths = {path.name: path for path in write_all(tmp_path / "corpus")}
    with isolation.start() as reader:
        for name in ("实为docx.pdf", "实为pdf.ofd", "接两份.ofd", "外逃.docx", "页面巨大.pdf", "脚本.html"):
            assert "甲方：某某区财政局" in reader.read(paths[name]).text, name
