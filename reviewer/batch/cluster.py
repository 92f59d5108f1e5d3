"""A lane on an existing Dask cluster: the same `concurrent.futures` interface, its tasks on other machines."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from reviewer.batch.pool import Lane
from reviewer.batch.records import BatchError

TASKS_A_THREAD = 3  # held by the cluster for each of its threads, so that none waits for the next
ANSWER_SECONDS = 5


@contextmanager
def cluster_lanes(address: str) -> Iterator[list[Lane]]:
    """One lane over all workers of the cluster at tcp://…; raises BatchError where it cannot be used."""
    try:
        import distributed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise BatchError("使用 --scheduler 需要可选组件：pip install 'reviewer[cluster]'") from None
    try:
        client: Any = distributed.Client(address, timeout=ANSWER_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise BatchError(f"{address}：连接不上 Dask 调度器（{error}）。请检查地址、端口和防火墙。") from error
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            raise BatchError(f"{address}：调度器下没有工作节点。请先启动 dask worker，再次运行。")

        def executor() -> Executor:
            started: Executor = client.get_executor(pure=False)
            return started

        yield [Lane(executor, width=threads * TASKS_A_THREAD, deaths=(KilledWorker,))]
    finally:
        client.close()
