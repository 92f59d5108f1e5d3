"""Signs of life of a reader that works long on a file (recognition, LibreOffice), for whoever keeps the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_signal: ContextVar[Callable[[], None] | None] = ContextVar("signal", default=None)


@contextmanager
def listening(signal: Callable[[], None]) -> Iterator[None]:
    """Within, `signal` is called whenever a reader has got a step further."""
    token = _signal.set(signal)
    try:
        yield
    finally:
        _signal.reset(token)


def beat() -> None:
    """A step is done."""
    if (signal := _signal.get()) is not None:
        signal()
