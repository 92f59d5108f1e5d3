"""Words written with a wrong character: what is reported, what is left alone, and how the parameters are made."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from models import train_word_slips as training
from reviewer.domain import Span
from reviewer.errors import ModelError
from reviewer.places import MODELS
from reviewer.understanding import slips

SHIPPED = MODELS / "word_slips.zip"


@pytest.fixture(scope="module")
def shipped() -> slips.Slips:
    return slips.load(SHIPPED)


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("借款人提供房产低押，抵押登记由双方办理。", "低押", "抵押"),  # of one shape
        ("双方协商不成的，提交仲裁，钟裁地点在本市。", "钟裁", "仲裁"),  # of one sound
        ("因供方原因造成的损矢由供方赔偿。", "损矢", "损失"),  # a word that most texts use
    ],
)
def test_a_wrong_character_of_one_sound_or_shape_is_found(
    shipped: slips.Slips, text: str, written: str, word: str
) -> None:
    at = text.index(written)
    assert list(shipped.found(text)) == [(Span(at, at + len(written)), written, word)]


@pytest.mark.parametrize(
    "text",
    [
        "借款人提供房产抵押，抵押登记由双方办理。",
        "甲方开户银行：某某银行低押支行。",  # a name: the word is neither in this text nor within one
        "乙方应当在收到通知后五日内答复，逾期视为同意。",
        "低押、低押、低押均为某某产品的型号，设备型号低押不得更改，另行抵押。",  # a word of this text
    ],
)
def test_right_words_names_and_words_of_the_text_are_left_alone(shipped: slips.Slips, text: str) -> None:
    assert list(shipped.found(text)) == []


def test_a_pair_that_two_words_meet_in_is_no_slip(shipped: slips.Slips) -> None:
    text = "借款人提供房产低押，抵押登记由双方办理。"
    at = text.index("低押")
    apart = [Span(at - 1, at + 1), Span(at + 1, at + 2)]
    assert list(shipped.found(text, lambda *_: apart)) == []
    assert [s.word for s in shipped.found(text, lambda *_: [Span(at, at + 1), Span(at + 1, at + 2)])] == ["抵押"]


def test_files_that_do_not_fit_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="没有用字的参数文件"):
        slips.load(tmp_path / "none.zip")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(SHIPPED.read_bytes()[:5000])
    with pytest.raises(ModelError, match="已损坏"):
        slips.load(broken)
    for member, content, said in (
        ("format.txt", b"word-slips 0", "需要“word-slips 2”"),
        ("characters.txt", "甲乙".encode(), "2 个字，相邻表却有"),
        ("mendable.bin", b"abcdef", "不是 4 的倍数"),
    ):
        changed = tmp_path / f"{member}.zip"
        with zipfile.ZipFile(SHIPPED) as old, zipfile.ZipFile(changed, "w") as new:
            for name in old.namelist():
                new.writestr(name, content if name == member else old.read(name))
        with pytest.raises(ModelError, match=said):
            slips.load(changed)


@pytest.mark.skipif(not Path(training.FONT).is_file(), reason="形近字要用 fonts-noto-cjk 的字体比较")
def test_counting_gives_the_same_bytes_and_finds_what_was_spoilt(tmp_path: Path) -> None:
    texts = [f"第{n}份合同：抵押人应当办理抵押登记，价格较低，押金另付。" for n in range(training.TEXTS_OF_WORD)]
    made = [training.write(tmp_path / name, training.Counted(texts, [])) for name in ("a.zip", "b.zip")]
    assert made[0] == made[1]
    counted = slips.load(tmp_path / "a.zip")
    assert counted.words["抵押"] == training.TEXTS_OF_WORD
    assert "低" in counted.alike["抵"]
    written = [s.written for s in counted.found("登记人应当办理低押登记，抵押金另付。")]
    assert written == ["低押"]
