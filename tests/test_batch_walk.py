"""Walking a folder: Chinese names, archives in old encodings, what is left out and what cannot be opened."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from batch_folder import contract, gbk_zip

from reviewer.batch import work
from reviewer.batch.records import BatchError
from reviewer.batch.walk import folder_of, sources, unpacked_path


def places(folder: Path, leave_out: Path | None = None) -> dict[str, str]:
    return {source.place: problem for source, problem in sources(str(folder), leave_out)}


def test_names_in_an_archive_are_read_in_the_encoding_they_were_written_in(tmp_path: Path) -> None:
    gbk_zip(tmp_path / "旧.zip", {"合同/采购.txt": b"a"})
    with zipfile.ZipFile(tmp_path / "新.zip", "w") as archive:
        archive.writestr("文件/办法.txt", "办法")
    assert places(tmp_path) == {"旧.zip!/合同/采购.txt": "", "新.zip!/文件/办法.txt": ""}


def test_a_name_that_leads_out_of_the_archive_stays_inside(tmp_path: Path) -> None:
    gbk_zip(tmp_path / "包.zip", {"../../etc/a.txt": b"a", "C:\\b.txt": b"b", "..": b"c"})
    found = list(places(tmp_path))
    assert found == ["包.zip!/etc/a.txt", "包.zip!/b.txt", "包.zip!/无名文件"]
    assert unpacked_path(found[0]).as_posix() == "包.zip!/etc/a.txt".replace("!", "")


def test_two_entries_of_one_name_are_both_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a.txt", b"1")
        archive.writestr("a.txt", b"2")
    found = [source for source, _ in sources(str(tmp_path))]
    assert len({s.place for s in found}) == 2
    assert len({sha for sha, _ in work.identify(tuple(found))}) == 2


def test_what_programs_leave_behind_and_the_output_are_left_out(tmp_path: Path) -> None:
    for name in ("~$合同.docx", ".DS_Store", "Thumbs.db", "结果/report.html", "合同.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    gbk_zip(tmp_path / "苹果.zip", {"__MACOSX/._a.txt": b"", "a.txt": b"x"})
    assert sorted(places(tmp_path, tmp_path / "结果")) == ["合同.txt", "苹果.zip!/a.txt"]


def test_a_broken_archive_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "坏.zip").write_bytes(b"PK\x03\x04 not an archive")
    found = places(tmp_path)
    assert "压缩包无法打开" in found["坏.zip"]


def test_an_encrypted_member_is_named_with_its_reason(tmp_path: Path) -> None:
    path = gbk_zip(tmp_path / "密.zip", {"a.txt": b"x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "已加密" in places(tmp_path)["密.zip!/a.txt"]


def test_a_word_document_called_zip_is_a_document(tmp_path: Path) -> None:
    contract(tmp_path / "合同.docx", "平台", 3).rename(tmp_path / "合同.zip")
    assert places(tmp_path) == {"合同.zip": ""}


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_in_gbk_is_shown_as_it_was_meant(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/" + "采购合同.txt".encode("gbk"), "wb") as file:  # noqa: PTH123
        file.write("采购合同".encode())
    [(source, _)] = sources(str(tmp_path))
    assert source.place == "采购合同.txt"
    assert work.identify((source,))[0][1] == ""


def test_a_damaged_member_costs_that_member_only(tmp_path: Path) -> None:
    path = tmp_path / "包.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"aaaaaaaaaaaaaaaaaaaaaaaa")
        archive.writestr("b.txt", b"b")
    data = path.read_bytes()
    at = data.index(b"a.txt") + 5
    path.write_bytes(data[:at] + b"\xff\xff" + data[at + 2 :])
    found = work.identify(tuple(source for source, _ in sources(str(tmp_path))))
    assert "已损坏" in found[0][1]
    assert found[1] == ("3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d", "")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="找不到这个文件夹"):
        list(sources(str(tmp_path / "没有")))


def test_the_unit_of_a_place_is_its_first_folder_or_archive() -> None:
    assert folder_of("水务局/2026/合同.docx") == "水务局"
    assert folder_of("材料.zip!/合同.docx") == "材料.zip"
    assert folder_of("合同.docx") == ""
