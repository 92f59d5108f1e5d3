"""A real `reviewer serve` and its own OpenAPI document → what Schemathesis finds with tokens of every scope.

Schemathesis is not among the project's dependencies: install it anywhere (`pip install schemathesis`) and name the
program. Every token keeps below the interface's rate limit, so a minute is about 100 calls for each of nine tokens.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reviewer.api.openapi import BASE, OPERATIONS
from reviewer.office import accounts, demo, tokens
from reviewer.office.desk import Office, open_office

RATE = "100/m"
# A request that fits the document may still be refused for what it says: no such unit, a title of spaces only.
CONFIGURATION = "[checks.positive_data_acceptance]\nexpected-statuses = [\"2xx\", 400, 401, 403, 404, 409, 429, 503]\n"
LEFT_OUT = "ensure_resource_availability"  # a matter that was just entered has no opinion yet, rightly 404


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="reviewer-fuzz-") as name:
        folder = Path(name)
        (folder / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
        office = open_office(folder / "data")
        demo.load(office, dt.date.today())
        with _served(folder / "data") as address:
            given = list(_tokens(office))
            _warm(address, given[0][1])
            runs = [_run(options, folder, address, *who) for who in given]
            for run in runs:
                run.wait()
        return _report(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="schemathesis", help="the schemathesis command")
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def _tokens(office: Office) -> Iterator[tuple[str, str, list[str]]]:
    """Name, secret and operations: each scope alone on what it allows, and two accounts with all of them."""
    people = {user.account: user for user in accounts.list_users(office.store)}
    for account in ("songshen", "admin"):
        yield account, _token(office, people, account, list(tokens.SCOPES)), [o.name for o in OPERATIONS]
    for scope in tokens.SCOPES:
        own = [o.name for o in OPERATIONS if o.scope == scope]
        yield scope, _token(office, people, "chengban", [scope]), own


def _token(office: Office, people: dict[str, Any], account: str, scopes: list[str]) -> str:
    return tokens.create(office, people["admin"], f"fuzz-{account}", people[account].id, scopes)[1]


@contextmanager
def _served(data: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "reviewer", "serve", "--data", str(data), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    found = None
    while found is None:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the server did not start")
        found = re.search(r"http://[\d.:]+", line)
    try:
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _warm(address: str, secret: str) -> None:
    """The first question about laws loads the lexicon, which takes seconds where it has to be compiled."""
    asked = urllib.request.Request(f"{address}{BASE}/laws?words=1", headers={"Authorization": f"Bearer {secret}"})
    for _ in range(300):
        try:
            with urllib.request.urlopen(asked, timeout=120) as answer:
                answer.read()
            return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise SystemExit("the server did not answer within a minute")


def _run(options: argparse.Namespace, folder: Path, address: str, name: str, secret: str, own: list[str],
         ) -> subprocess.Popen[bytes]:  # fmt: skip
    command = [
        options.program, "--config-file", str(folder / "schemathesis.toml"), "run", f"{address}{BASE}/openapi.json",
        "-H", f"Authorization: Bearer {secret}", "--checks", "all", "--exclude-checks", LEFT_OUT, "--rate-limit", RATE,
        "--max-time", str(round(options.minutes * 60)), "--seed", str(options.seed), "--no-color",
        "--continue-on-failure", "--report", "ndjson", "--report-ndjson-path", str(folder / f"{name}.ndjson"),
    ]  # fmt: skip
    for operation in own:
        command += ["--include-operation-id", operation]
    with (folder / f"{name}.txt").open("wb") as out:
        return subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)


def _report(folder: Path) -> int:
    """One row for each token, then every distinct failure; 1 when there is any."""
    failed = 0
    for path in sorted(folder.glob("*.txt")):
        said = path.read_text(encoding="utf-8", errors="replace")
        print(f"{path.stem}: {said.rstrip().rsplit(chr(10), 1)[-1].strip('= ')}")
        if "= FAILURES =" in said or "= ERRORS =" in said:
            failed = 1
            print(said)
    print("statuses:", dict(sorted(_statuses(folder).items())))
    return failed


def _statuses(folder: Path) -> Counter[int]:
    return Counter(
        int(code)
        for path in folder.glob("*.ndjson")
        for line in path.read_text(encoding="utf-8").splitlines()
        for code in re.findall(r'"status_code":\s*(\d+)', json.dumps(json.loads(line)))
    )


if __name__ == "__main__":
    raise SystemExit(main())
