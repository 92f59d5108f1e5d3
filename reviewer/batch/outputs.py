"""results.sqlite → the other files that a batch writes, a part at a time, so that processes can share the work."""

from __future__ import annotations

from pathlib import Path

from reviewer.batch import results_file
from reviewer.batch.results import WORK

SUMMARY, CHECKUP, FINDINGS = "summary.xlsx", "体检报告.docx", "findings.parquet"
REPORT, REPORTS = "report.html", "reports"
PARTS = (SUMMARY, REPORTS, FINDINGS, CHECKUP, REPORT)  # what takes longest comes first
NAMES = (results_file.NAME, FINDINGS, REPORT, SUMMARY, CHECKUP)  # as people are told


def make(part: str, output: Path) -> None:
    """One of PARTS, from the results in a folder of this machine."""
    from reviewer.batch import figures

    with figures.reading(output / results_file.NAME) as found:
        if part == SUMMARY:
            from reviewer.batch import summary_xlsx

            put(output, output / part, summary_xlsx.content(found))
        elif part == CHECKUP:
            from reviewer.batch import checkup_docx

            put(output, output / part, checkup_docx.content(found))
        elif part == FINDINGS:
            from reviewer.batch import parquet

            parquet.write(found, output / part)
        else:
            from reviewer.batch import report_html

            if part == REPORTS:
                report_html.write_documents(found, output)
            else:
                put(output, output / part, report_html.content(found))


def put(output: Path, path: Path, data: bytes) -> None:
    """Write a file in one move: it is there as a whole or not at all."""
    fresh = output / WORK / f"fresh{path.suffix}"  # of each kind one is written at a time
    fresh.write_bytes(data)
    fresh.replace(path)
