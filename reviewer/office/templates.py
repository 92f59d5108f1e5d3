"""Templates of papers: the office's own in templates/ of the data folder, else the shipped; values → .docx bytes.

A template is a .docx with {{ … }} and {% … %}, rendered in a sandbox: it reads the values it is given, nothing else.
Values are text and stay text. A template with a mistake is refused when it is uploaded, with the place.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.desk import Office
from reviewer.office.records import User
from reviewer.places import LEXICONS

KINDS = {"opinion": "审查意见书", "adoption": "意见采纳情况表", "supervision": "督办单", "dossier": "案卷目录"}
OWN = "templates"
SHIPPED = LEXICONS / "templates" / "papers"
LARGEST = 5 << 20


def template_path(office: Office, kind: str) -> Path:
    own = office.folder / OWN / f"{kind}.docx"
    return own if own.is_file() else SHIPPED / f"{kind}.docx"


def is_own(office: Office, kind: str) -> bool:
    return (office.folder / OWN / f"{kind}.docx").is_file()


def render(template: bytes, values: Mapping[str, Any], name: str) -> bytes:
    """The filled template. Raises UsageError that names the mistake and where it stands."""
    import jinja2
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined)
    paper = DocxTemplate(io.BytesIO(template))
    try:
        paper.render(dict(values), environment, autoescape=True)
    except jinja2.TemplateSyntaxError as error:
        place = _place(template, error)
        raise UsageError(f"{name}：模板写错了（{_said(error)}），在{place}附近。请改正后重新上传") from None
    except jinja2.UndefinedError as error:
        unknown = re.findall(r"'([^']+)'", str(error))
        found = unknown[-1] if unknown else str(error)
        place = _around(template, found)
        raise UsageError(f"{name}：模板用了没有的内容“{found}”，在{place}。可用：{_known(values)}") from None
    except jinja2.TemplateError as error:
        raise UsageError(f"{name}：模板不能使用（{_said(error)}），请改正后重新上传") from None
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def check(template: bytes, kind: str, sample: Mapping[str, Any]) -> None:
    """Raises UsageError unless the bytes are a template of this kind that can be filled with a sample."""
    name = KINDS[kind]
    if len(template) > LARGEST:
        raise UsageError(f"{name}模板超过 {LARGEST >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            if "word/document.xml" not in package.namelist() or sum(i.file_size for i in package.infolist()) > 50 << 20:
                raise UsageError(f"{name}模板不是 .docx 文件，请用 Word、WPS 另存为 .docx")
    except zipfile.BadZipFile:
        raise UsageError(f"{name}模板不是 .docx 文件，请用 Word、WPS 另存为 .docx") from None
    made = render(template, sample, f"{name}模板")
    text = "".join(_paragraphs(made))
    if "{{" in text or "{%" in text:
        raise UsageError(f"{name}模板里有没有配对的花括号，在“{_around_text(text)}”附近。请改正后重新上传")


def change(office: Office, actor: User, kind: str, template: bytes, sample: Mapping[str, Any]) -> None:
    """As `keep`, by a person with the right to."""
    roles.require(actor, "manage:templates")
    keep(office, kind, template, sample, by=actor.account)


def reset(office: Office, actor: User, kind: str) -> None:
    """As `drop`, by a person with the right to."""
    roles.require(actor, "manage:templates")
    drop(office, kind, by=actor.account)


def keep(office: Office, kind: str, template: bytes, sample: Mapping[str, Any], *, by: str = "系统") -> None:
    """Use a changed template from now on; what was issued stays as it was."""
    if kind not in KINDS:
        raise UsageError(f"没有“{kind}”这种文书，可用：{'、'.join(KINDS)}")
    check(template, kind, sample)
    folder = office.folder / OWN
    folder.mkdir(exist_ok=True)
    part = folder / f"{kind}.docx.part"
    part.write_bytes(template)
    with office.store.writing() as db:
        audit.record(db, by, "更换文书模板", KINDS[kind], sha256=hashlib.sha256(template).hexdigest())
        part.replace(folder / f"{kind}.docx")


def drop(office: Office, kind: str, *, by: str = "系统") -> None:
    """Go back to the shipped template."""
    if kind not in KINDS:
        raise UsageError(f"没有“{kind}”这种文书，可用：{'、'.join(KINDS)}")
    with office.store.writing() as db:
        audit.record(db, by, "恢复文书模板", KINDS[kind])
        (office.folder / OWN / f"{kind}.docx").unlink(missing_ok=True)


def _paragraphs(template: bytes) -> list[str]:
    """The text of each paragraph, Word's runs joined."""
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        xml = package.read("word/document.xml").decode("utf-8", "replace")
    return ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", p)) for p in re.split(r"</w:p>", xml)]


def _place(template: bytes, error: Any) -> str:
    """The paragraph that a syntax error most likely is in."""
    words = re.findall(r"'([^']{2,})'", str(error.message or ""))
    for n, text in enumerate(_paragraphs(template), 1):
        if any(w in text and "{" in text for w in words) or text.count("{{") != text.count("}}"):
            return f"第{n}段“{text[:40]}”"
    return next((f"第{n}段“{t[:40]}”" for n, t in enumerate(_paragraphs(template), 1) if "{%" in t), "文档")


def _around(template: bytes, name: str) -> str:
    return next((f"第{n}段“{t[:40]}”" for n, t in enumerate(_paragraphs(template), 1) if name in t), "文档中")


def _around_text(text: str) -> str:
    at = min(i for i in (text.find("{{"), text.find("{%")) if i >= 0)
    return text[max(0, at - 10) : at + 30]


def _known(values: Mapping[str, Any]) -> str:
    return "、".join(sorted(values))


_TOLD = (
    ("unexpected end of template", "有没有结束的 {% if %} 或 {% for %}"), ("unknown tag", "不认识的标记"),
    ("expected token", "标记不完整"), ("unexpected", "标记不完整"), ("No filter named", "没有这个过滤器"),
)  # fmt: skip


def _said(error: Any) -> str:
    text = str(getattr(error, "message", "") or error)
    told = next((said for words, said in _TOLD if words.lower() in text.lower()), "标记有误")
    names = re.findall(r"'([^']+)'", text)
    return told + (f"：{names[0]}" if names else "")
