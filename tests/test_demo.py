"""The demonstration: each matter's document is there and is about what the matter's title says."""

from __future__ import annotations

import pytest

from reviewer.office import demo
from reviewer.readers import read


@pytest.mark.parametrize("sample", demo._SAMPLES, ids=lambda s: s.text)
def test_the_document_of_a_sample_is_about_its_title(sample: demo._Sample) -> None:
    head = read(demo._document(sample)).text[:200]
    pairs = {sample.title[i : i + 2] for i in range(len(sample.title) - 1)}
    assert sum(pair in head for pair in pairs) >= len(pairs) / 2, (sample.title, head)
