"""What many tests share: the engine, loaded once a process."""

from __future__ import annotations

import pytest

from reviewer.pipeline import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load()
