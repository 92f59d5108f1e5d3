"""`python -m reviewer.batch_jobs`: the process of one job, which reviews a folder beside the server.

It is told on standard input what to do (one line), and to stop (the end of the input: a server that was killed says so
too). It answers with lines of JSON: progress, then a summary or an error.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import msgspec

from reviewer.batch.records import Progress, Settings
from reviewer.batch.run import run
from reviewer.batch_jobs.intake import links_out
from reviewer.errors import ReviewerError, UsageError

NICENESS = 10
EVERY = 0.25  # seconds between two lines of progress
GRACE = 15.0  # seconds to stop in, when the server is gone


def main() -> int:
    commands, answers = _own_pipes()
    os.nice(NICENESS)  # and so of the processes that review
    told = json.loads(commands.readline())
    settings = msgspec.convert(told["settings"], Settings, dec_hook=lambda kind, value: kind(value))
    stop = threading.Event()
    threading.Thread(target=_listen, args=(commands, stop), daemon=True).start()
    say = _Saying(answers)
    try:
        if told["links"]:
            _refuse_links(Path(settings.folder))
        summary = run(settings, report=say.progress, stop=stop.is_set)
    except ReviewerError as error:
        say.line(error=_for_the_page(str(error), settings, told["name"]))
        return 1
    say.line(summary=dataclasses.asdict(summary))
    return 0


def _own_pipes() -> tuple[IO[str], IO[str]]:
    """The two pipes to the server under numbers that no child inherits; what a library prints goes to the log."""
    commands, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return os.fdopen(commands, encoding="utf-8"), os.fdopen(answers, "w", encoding="utf-8")


def _listen(commands: IO[str], stop: threading.Event) -> None:
    """Until the server closes the pipe or is gone; then the work ends soon, by itself or not."""
    commands.read()
    stop.set()
    time.sleep(GRACE)
    os._exit(2)


def _refuse_links(folder: Path) -> None:
    link = next(links_out(folder), None)
    if link is not None:
        raise UsageError(f"{link}：这是指向文件夹之外的链接，没有开始审查。请删除这个链接，或换成文件本身")


def _for_the_page(said: str, settings: Settings, name: str) -> str:
    """A sentence for the command line as one for the page: names instead of places on the server."""
    for path in (settings.output, settings.folder):
        said = said.replace(path, name)
    return said.replace("再次运行同一命令，会接着做", "点“继续”接着做").replace("再次运行会接着做", "点“继续”接着做")


class _Saying:
    """Lines to the server; of progress only as many as a person can follow."""

    def __init__(self, answers: IO[str]) -> None:
        self.answers = answers
        self.stage, self.begun, self.last = "", 0.0, 0.0

    def line(self, **content: Any) -> None:
        self.answers.write(json.dumps(content, ensure_ascii=False) + "\n")
        self.answers.flush()

    def progress(self, progress: Progress) -> None:
        moment = time.monotonic()
        if progress.stage != self.stage:
            self.stage, self.begun = progress.stage, moment
        elif moment - self.last < EVERY and progress.done != progress.total:
            return
        self.last = moment
        rate = progress.done / (moment - self.begun) if moment > self.begun else 0.0
        self.line(progress=dataclasses.asdict(progress) | {"rate": round(rate, 3)})


if __name__ == "__main__":
    sys.exit(main())
