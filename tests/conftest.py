"""What many tests share: the engine and a browser, opened once, and a server for the office of the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from reviewer.pipeline import Engine

if TYPE_CHECKING:
    import office_desk as own
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    import web_office as web

    with web.browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(desk: own.Desk) -> Iterator[str]:
    """Where the office `desk` of the module is served."""
    import web_office as web

    with web.server(desk.office.folder) as (found, _):
        yield found
