"""Reading in another process: the same documents, and sentences where a file ends, stops or bloats its reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_files import seeds
from ofd_builder import OfdPage, make_ofd
from wordml import p, tbl, write

from reviewer import isolation, readers
from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.isolation import Limits, Reader, wire

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="这个系统不能 fork，每个文件没有自己的进程")


@pytest.fixture
def reader() -> Iterator[Reader]:
    with isolation.start() as started:
        yield started


def slow_file(folder: Path) -> Path:
    """A file that takes a second or two to read."""
    return write(folder / "慢.docx", p("甲") * 60_000)


@pytest.mark.parametrize("suffix", sorted(seeds()))
def test_a_document_is_the_same_as_read_here(reader: Reader, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"合同.{suffix}"
    path.write_bytes(seeds()[suffix])
    document = reader.read(path)
    assert "甲方：某某区财政局" in document.text
    assert document == readers.read(path)


def test_everything_of_a_document_survives_the_way(tmp_path: Path) -> None:
    word = write(tmp_path / "a.docx", p("甲方"), tbl(("一", "二")))
    page = tmp_path / os.fsdecode(b"\xff\xfe.ofd")  # a name that is no text
    page.write_bytes(make_ofd([OfdPage().lines(["甲方：某某区财政局"])], attachments=["图.pdf"]))
    for path in (word, page):
        document: Document = readers.read(path)
        assert wire.decoded(wire.encoded(document)) == document


def test_a_file_at_fault_is_refused_in_the_words_of_its_reader(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(b"PK\x03\x04broken")
    with pytest.raises(UnreadableFileError) as isolated:
        reader.read(path)
    with pytest.raises(UnreadableFileError) as direct:
        readers.read(path)
    assert str(isolated.value) == str(direct.value)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(seconds=0.05), "超过 0.05 秒没有进展"),
        (Limits(megabytes=1), "内存超过 1 MB"),
        (Limits(output=1000), "内容超过"),
    ],
)
def test_each_limit_ends_in_its_own_sentence_and_the_next_file_is_read(
    tmp_path: Path, limits: Limits, said: str
) -> None:
    path, good = slow_file(tmp_path), write(tmp_path / "好.docx", p("甲方"))
    with Reader(Limits()) as reader:  # a fresh process: a fork of this one has memory to spare already
        assert reader.read(good).text == "甲方"
        reader.limits = limits
        with pytest.raises(UnreadableFileError, match=said):
            reader.read(path)
        reader.limits = Limits()
        assert reader.read(good).text == "甲方"


def test_a_reader_that_is_ended_by_its_file_costs_a_sentence(reader: Reader, tmp_path: Path) -> None:
    path = slow_file(tmp_path)
    server = reader._pid
    ended: list[int] = []

    def strike() -> None:
        deadline = time.monotonic() + 10
        while not ended and time.monotonic() < deadline:
            for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
                os.kill(int(child), signal.SIGSEGV)
                ended.append(int(child))
            time.sleep(0.01)

    striking = threading.Thread(target=strike)
    striking.start()
    with pytest.raises(UnreadableFileError, match=r"慢.docx：读取时程序意外中止"):
        reader.read(path)
    striking.join()
    assert ended and not Path(f"/proc/{ended[0]}").exists()
    assert reader.read(write(tmp_path / "好.docx", p("甲方"))).text == "甲方"


def test_the_reading_process_is_started_again_when_it_is_gone(reader: Reader, tmp_path: Path) -> None:
    path = write(tmp_path / "好.docx", p("甲方"))
    os.kill(reader._pid, signal.SIGKILL)
    assert reader.read(path).text == "甲方"


def test_a_file_begun_early_is_read_once_and_another_one_is_not_mixed_up(reader: Reader, tmp_path: Path) -> None:
    first, second = (write(tmp_path / f"{text}.docx", p(text)) for text in ("甲方", "乙方"))
    reader.begin(first)
    assert [reader.read(first).text, reader.read(second).text] == ["甲方", "乙方"]
    reader.begin(first)
    assert reader.read(second).text == "乙方"


def test_threads_take_turns(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{i}.docx", p(f"第{i}份")) for i in range(6)]
    texts: dict[int, str] = {}
    with Reader(Limits()) as reader:
        threads = [threading.Thread(target=lambda i=i: texts.update({i: reader.read(paths[i]).text})) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts == {i: f"第{i}份" for i in range(6)}


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """Neither processes nor temporary files, though the one who asked dies in the middle."""
    path = slow_file(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    code = (
        "import os, sys, time; from pathlib import Path; from reviewer import isolation\n"
        "reader = isolation.start(); reader.begin(Path(sys.argv[1])); time.sleep(0.3)\n"
        "print(reader._pid, flush=True); os.kill(os.getpid(), 9)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    server = Path(f"/proc/{run.stdout.strip()}")
    deadline = time.monotonic() + 10
    while (server.exists() or list(scratch.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not server.exists()
    assert list(scratch.iterdir()) == []
