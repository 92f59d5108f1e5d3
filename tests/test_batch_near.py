"""Near duplicates: versions of a text meet, different texts do not, and the work grows with the number of texts."""

from __future__ import annotations

import random
import time

from reviewer.batch import near

ALPHABET = [chr(c) for c in range(0x4E00, 0x4E00 + 3000)]


def text(seed: int, length: int = 3000) -> str:
    return "".join(random.Random(seed).choices(ALPHABET, k=length))


def test_a_version_with_a_few_changes_is_grouped_with_its_original() -> None:
    original = text(1)
    version = original[:1000] + "经双方协商一致" + original[1020:2500] + original[2540:]
    [group] = near.groups([near.signature(t) for t in (text(2), original, text(3), version)])
    assert [index for index, _ in group] == [1, 3]
    assert group[0][1] == 1.0
    assert group[1][1] >= near.ALIKE


def test_texts_that_share_half_are_not_versions_of_each_other() -> None:
    half = text(1, 1500)
    assert near.groups([near.signature(half + text(2, 1500)), near.signature(half + text(3, 1500))]) == []


def test_layout_does_not_matter() -> None:
    original = text(1)
    lines = "\n".join(original[at : at + 26] for at in range(0, len(original), 26))
    assert near.signature(lines) == near.signature(original)


def test_a_short_text_is_in_no_group() -> None:
    assert near.groups([near.signature("同意。"), near.signature("同意。")]) == []


def test_the_estimate_is_close_to_the_share_of_common_shingles() -> None:
    a, b = text(1), text(1)[:2700] + text(9, 300)

    def shingles(t: str) -> set[str]:
        return {t[i : i + near.SHINGLE] for i in range(len(t) - near.SHINGLE + 1)}

    true = len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))
    [[_, (_, estimated)]] = near.groups([near.signature(a), near.signature(b)])
    assert abs(estimated - true) < 0.12


def test_many_texts_of_one_pattern_take_time_in_proportion() -> None:
    base = text(1)
    same = [near.signature(base[: 40 * (n % 5)] + "甲" + base[40 * (n % 5) :]) for n in range(5)]

    def seconds(count: int) -> float:
        some = [same[n % 5] for n in range(count)]
        start = time.process_time()
        [group] = near.groups(some)
        assert len(group) == count
        return time.process_time() - start

    seconds(1000)
    assert seconds(40_000) < 80 * max(seconds(1000), 0.005)  # comparing all pairs would take 1600 times as long
