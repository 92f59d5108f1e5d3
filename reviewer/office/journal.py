"""The server's log: one JSON object a line, what happened and how long it took; never titles or text of documents."""

from __future__ import annotations

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

NAME = "reviewer.office"
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname,
                 "what": record.getMessage()}  # fmt: skip
        entry |= {k: v for k, v in vars(record).items() if k not in _OWN}
        if record.exc_info and record.exc_info[0]:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
            entry["error"] = record.exc_info[0].__name__  # its text could quote a document
            entry["place"] = place
        return json.dumps(entry, ensure_ascii=False, default=str)


def open_journal(folder: Path) -> logging.Logger:
    """The log in `folder`/log, ten files of 5 MB at most."""
    (folder / "log").mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "log" / "office.log", maxBytes=5 << 20, backupCount=9, encoding="utf-8")
    handler.setFormatter(_Lines())
    logger = logging.getLogger(NAME)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger
