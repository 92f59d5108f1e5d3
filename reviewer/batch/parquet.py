"""results.sqlite → findings.parquet: one row a finding with its document, for those who compute further."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from reviewer.batch.results import WORK

ROWS = 20_000  # of a row group: memory does not grow with the folder
_TEXT = ("place", "unit", "sha256", "line", "type", "document_title", "rule", "category", "category_name", "severity",
         "where", "excerpt", "title", "message", "suggestion", "basis", "because", "fingerprint")  # fmt: skip
_NUMBERS = ("score", "start", "end", "places")


def write(results: sqlite3.Connection, path: Path) -> None:
    """The file, put in place in one move."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.string()) for name in _TEXT]
        + [(name, pa.int32()) for name in _NUMBERS]
        + [("confidence", pa.float32())]
    )
    rows = results.execute(
        "SELECT d.place, d.unit, d.line, d.type, d.title AS document_title, d.score, x.* "
        "FROM findings x JOIN documents d ON d.sha256 = x.sha256 ORDER BY d.place, x.n"
    )
    fresh = path.parent / WORK / path.name
    with pq.ParquetWriter(fresh, schema, compression="zstd") as writer:
        while page := rows.fetchmany(ROWS):
            values: dict[str, list[Any]] = {name: [row[name] for row in page] for name in schema.names}
            writer.write_table(pa.table(values, schema=schema))
    fresh.replace(path)
