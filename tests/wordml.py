"""A mini-notation for .docx inputs: p("第一条", ins("甲方")) → the XML of a paragraph, `write` → a zip on disk."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": OFFICE,
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
KINDS = ("styles", "numbering", "footnotes", "endnotes")


def r(text: str, formatting: str = "") -> str:
    properties = f"<w:rPr>{formatting}</w:rPr>" if formatting else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*content: str, style: str = "", num: tuple[int, int] | None = None, more: str = "") -> str:
    """A paragraph; content that does not begin with < becomes a run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>' if num else ""
    runs = "".join(part if part.startswith("<") else r(part) for part in content)
    return f"<w:p><w:pPr>{named}{listed}{more}</w:pPr>{runs}</w:p>"


def ins(text: str) -> str:
    return f'<w:ins w:id="1" w:author="某">{r(text)}</w:ins>'


def deleted(text: str) -> str:
    return f'<w:del w:id="2" w:author="某"><w:r><w:delText>{escape(text)}</w:delText></w:r></w:del>'


def tc(*content: str, span: int = 1, merge: str = "") -> str:
    merged = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    blocks = "".join(part if part.startswith("<") else p(part) for part in content)
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merged}</w:tcPr>{blocks}</w:tc>'


def tbl(*rows: tuple[str, ...]) -> str:
    cells = ("".join(cell if cell.startswith("<w:tc") else tc(cell) for cell in row) for row in rows)
    return "<w:tbl><w:tblPr/><w:tblGrid/>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def box(*paragraphs: str) -> str:
    """A text box as Word writes it: once for itself and once for older programs."""
    inner = "<w:txbxContent>" + "".join(paragraphs) + "</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def level(index: int, form: str, text: str, extra: str = "", start: int | None = 1) -> str:
    begin = "" if start is None else f'<w:start w:val="{start}"/>'
    return f'<w:lvl w:ilvl="{index}">{begin}<w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*lists: str, nums: str = "") -> str:
    """Each list is the levels of one abstract list, which w:num of the same number (from 1) uses."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{i}">{levels}</w:abstractNum>' for i, levels in enumerate(lists, 1)
    )
    plain = "".join(f'<w:num w:numId="{i}"><w:abstractNumId w:val="{i}"/></w:num>' for i, _ in enumerate(lists, 1))
    return abstract + plain + nums


def write(path: Path, *body: str, entries: dict[str, bytes] | None = None, raw: str = "", **parts: str) -> Path:
    """A .docx of body elements; `parts` are the insides of styles, numbering, footnotes, header1, footer1 …"""
    wrapped = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "endnotes": "endnotes"}
    relations, files = "", {}
    for name, inside in parts.items():
        kind = name.rstrip("0123456789")
        root = wrapped.get(kind, {"header": "hdr", "footer": "ftr"}.get(kind, ""))
        relations += f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>'
        files[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{inside}</w:{root}>"
    margins = "".join(
        f'<w:{name.rstrip("0123456789")}Reference r:id="{name}"/>'
        for name in parts
        if name.startswith(("head", "foot")) and name not in KINDS
    )
    document = (
        raw or f"<w:document {NAMESPACES}><w:body>{''.join(body)}<w:sectPr>{margins}</w:sectPr></w:body></w:document>"
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="d" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", document)
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{package}">{relations}</Relationships>'
        )
        for name, text in files.items():
            archive.writestr(name, text)
        for name, data in (entries or {}).items():
            archive.writestr(name, data)
    return path
