"""The templates in use, for the administrator to look at: as they are, and filled with sample values."""

from __future__ import annotations

from reviewer.errors import UsageError
from reviewer.office import roles, templates
from reviewer.office.desk import Office
from reviewer.office.papers import sample_values
from reviewer.office.records import User


def template(office: Office, actor: User, kind: str) -> tuple[str, bytes]:
    """Name and bytes of the template in use, to be changed in Word."""
    roles.require(actor, "manage:templates")
    return f"{_name(kind)}模板.docx", templates.template_path(office, kind).read_bytes()


def sample(office: Office, actor: User, kind: str) -> tuple[str, bytes]:
    """The same, filled in."""
    name, found = template(office, actor, kind)
    return f"{_name(kind)}样例.docx", templates.render(found, sample_values(kind), name.removesuffix(".docx"))


def _name(kind: str) -> str:
    if kind not in templates.KINDS:
        raise UsageError(f"没有“{kind}”这种文书，可用：{'、'.join(templates.KINDS)}")
    return templates.KINDS[kind]
