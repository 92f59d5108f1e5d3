"""Words with offsets, and whether a match stands on word boundaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.understanding import segmentation
from reviewer.understanding.segmentation import is_word, segmenter, words

TEXT = "本单位聘请统一律师团队，一律不收取额外费用😀。乙方应当及时足额支付。"


def test_words_cover_the_text_with_offsets_in_code_points() -> None:
    found = list(words(TEXT))

    assert "".join(word for word, _, _ in found) == TEXT
    assert all(TEXT[start:end] == word for word, start, end in found)


def test_letters_across_two_words_are_no_word() -> None:
    inside = TEXT.index("统一律师") + 1
    alone = TEXT.index("，一律") + 1

    assert TEXT[inside : inside + 2] == TEXT[alone : alone + 2] == "一律"
    assert not is_word(TEXT, inside, inside + 2)
    assert is_word(TEXT, alone, alone + 2)


def test_a_span_of_several_whole_words_stands_on_boundaries() -> None:
    start = TEXT.index("及时")

    assert is_word(TEXT, start, start + len("及时足额"))
    assert not is_word(TEXT, start + 1, start + len("及时足额"))


def test_only_the_sentence_is_segmented(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = segmentation.words
    monkeypatch.setattr(segmentation, "words", lambda text: (read.append(text), original(text))[1])
    start = TEXT.index("支付")

    assert is_word(TEXT, start, start + 2)
    assert read == ["乙方应当及时足额支付"]


def test_jieba_gives_the_same_offsets_and_keeps_its_cache_in_a_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    segmentation._jieba.cache_clear()

    found = list(segmentation._jieba()(TEXT))

    assert "".join(word for word, _, _ in found) == TEXT
    assert ("一律", TEXT.index("，一律") + 1, TEXT.index("，一律") + 3) in found
    assert [p.name for p in (tmp_path / "reviewer").iterdir()] == ["jieba.cache"]
    assert (tmp_path / "reviewer").stat().st_mode & 0o077 == 0
    segmentation._jieba.cache_clear()


def test_the_segmenter_in_use_is_named_with_its_version() -> None:
    name, version = segmenter().split()

    assert name in ("rjieba", "jieba")
    assert version[0].isdigit()
