"""Signs of life: of a reader that works long on a file, for whoever keeps the time; of a parent, for its workers."""

from __future__ import annotations

import os
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


def leave_with_parent() -> None:
    """A worker process whose parent was killed ends too, instead of waiting for ever for its next task."""
    import multiprocessing
    import threading
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()
