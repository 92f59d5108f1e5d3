"""What comes out of a run: the files, written when something changed, and the figures that are told at the end."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path

from reviewer.batch import outputs, results_file, storage
from reviewer.batch.course import Batch, halted
from reviewer.batch.pool import Task
from reviewer.batch.records import Summary


def write(batch: Batch) -> tuple[str, ...]:
    """All files that come out, unless they are there already and nothing has changed."""
    print_of = _fingerprint(batch)
    if batch.state.fact("written") == json.dumps([print_of, _sizes(batch.output, outputs.NAMES)]):
        return ()
    batch.state.remember("written", "")
    results_file.write(batch.state, batch.basis, _about(batch), batch.output / results_file.NAME)
    if batch.settings.scheduler or not batch.crew().begun:  # machines of a cluster need not see the output
        for part in outputs.PARTS:
            outputs.make(part, batch.output)
    else:
        for ended in batch.crew().complete(Task(outputs.make, (part, batch.output)) for part in outputs.PARTS):
            if ended.error is not None or ended.lost:
                raise ended.error or halted(ended)
    batch.state.remember("written", json.dumps([print_of, _sizes(batch.output, outputs.NAMES)]))
    return outputs.NAMES


def _fingerprint(batch: Batch) -> str:
    """Changes whenever what comes out would change."""
    sha = hashlib.sha256(json.dumps(_about(batch), ensure_ascii=False).encode())
    rows = batch.state.rows(
        "SELECT f.place, f.sha256, f.problem, d.status, d.reason, c.place FROM files f "
        "LEFT JOIN documents d ON d.base = ?1 AND d.sha256 = f.sha256 "
        "LEFT JOIN copies c ON c.base = ?1 AND c.sha256 = f.sha256 ORDER BY f.place",
        batch.basis,
    )
    while page := list(islice(rows, 1000)):
        sha.update(json.dumps([tuple(row) for row in page], ensure_ascii=False).encode())
    return sha.hexdigest()


def _sizes(output: Path, names: tuple[str, ...]) -> list[int]:
    return [(output / name).stat().st_size if (output / name).is_file() else -1 for name in names]


def _about(batch: Batch) -> dict[str, str]:
    versions, job = batch.versions, batch.job
    folder = batch.settings.folder.rstrip("/")
    name = folder.rpartition("/")[2] if storage.is_address(folder) else Path(folder).resolve().name
    return {
        "文件夹": storage.readable(name),
        "审查日期": job.on.isoformat(),
        "程序版本": versions.reviewer,
        "词库版本": versions.lexicon,
        "法规目录版本": versions.laws,
        "模型版本": versions.model,
        "分词": versions.segmenter,
        "指定条线": job.line.value if job.line else "",
        "指定类型": job.type or "",
    }


def summary(batch: Batch, fresh: int = 0, *, stopped: bool = False, written: tuple[str, ...] = ()) -> Summary:
    state = batch.state
    joined = "FROM files f LEFT JOIN documents d ON d.base = ? AND d.sha256 = f.sha256"

    def count(what: str, condition: str) -> int:
        return int(state.value(f"SELECT COUNT({what}) {joined} WHERE {condition}", batch.basis))

    documents = count("DISTINCT d.sha256", "d.sha256 IS NOT NULL")
    return Summary(
        output=batch.settings.output,
        files=count("*", "1"),
        documents=documents,
        fresh=fresh,
        taken=documents - fresh,
        failed=count("*", "f.problem != '' OR d.status != 'reviewed'"),
        unchecked=count("*", "d.status = 'reviewed' AND NOT d.checked"),
        with_findings=count(
            "*", "EXISTS (SELECT 1 FROM findings x WHERE x.base = d.base AND x.sha256 = d.sha256)"
        ),
        stopped=stopped,
        peak=int(state.fact("peak") or 0),
        written=written,
    )
