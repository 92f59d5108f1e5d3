"""One call of another system: who asks, for what, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from reviewer.errors import UsageError
from reviewer.office.desk import Office
from reviewer.office.records import User

LARGEST_ID = 2**53 - 1


class NotFoundError(UsageError):
    """There is no such thing, or the account may not see it."""


@dataclass(frozen=True)
class Asked:
    """One call: who, the numbers in the path, the query, and what came with it."""

    office: Office
    user: User
    request: Request
    body: Any  # the decoded JSON, the path of a file, or None

    def number(self, name: str) -> int:
        found: int = self.request.path_params[name]
        if not 0 < found <= LARGEST_ID:
            raise NotFoundError("没有这个编号")
        return found

    def query(self, name: str, default: str = "") -> str:
        return self.request.query_params.get(name, default)
