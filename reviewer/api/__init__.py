"""The plain HTTP side of the office: login, files, papers, calendar feed, health; Streamlit is mounted beside it."""

from __future__ import annotations

from starlette.routing import BaseRoute

from reviewer.api import batches, downloads, login, machine, outgoing
from reviewer.office.desk import Office


def routes(office: Office, setup_code: str) -> list[BaseRoute]:
    """Every route; `setup_code` proves at the first start that one can read the server's console."""
    papers = [*outgoing.routes(office), *downloads.routes(office), *batches.routes(office)]
    return [*login.routes(office, setup_code), *machine.routes(office), *papers]
