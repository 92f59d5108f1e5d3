"""A small OFD writer for tests: text at coordinates in millimetres, ruling lines, pictures, templates, seals."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

NAMESPACE = "http://www.ofdspec.org/2016"
SIZE = 5.6  # millimetres, 16 points
LEADING = 9.9


@dataclass
class OfdPage:
    """What a page shows; y is the base line in millimetres from the top."""

    size: tuple[float, float] = (210, 297)
    template: str = ""
    objects: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, size: float = SIZE, delta: str | None = None,
             more: str = "") -> OfdPage:  # fmt: skip
        """`delta` is the DeltaX as written; by default a run of equal steps."""
        steps = f"g {len(text) - 1} {size}" if delta is None and len(text) > 1 else delta
        spaced = f' DeltaX="{steps}"' if steps else ""
        self.objects.append(
            f'<ofd:TextObject ID="{len(self.objects) + 10}" Boundary="{x} {y - size} 180 {size}" Font="1" Size="{size}"'
            f'{more}><ofd:TextCode X="0" Y="{size}"{spaced}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )
        return self

    def lines(self, texts: Sequence[str], *, x: float = 30, y: float = 40) -> OfdPage:
        """One line under the other; leading 　 become indentation by position."""
        for i, text in enumerate(texts):
            bare = text.lstrip("　")
            self.text(x + SIZE * (len(text) - len(bare)), y + i * LEADING, bare)
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float) -> OfdPage:
        self.objects.append(
            f'<ofd:PathObject Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.3">'
            f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
        )
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> OfdPage:
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        return self

    def image(self, resource: str, x: float = 0, y: float = 0, width: float = 210, height: float = 297) -> OfdPage:
        self.objects.append(
            f'<ofd:ImageObject ID="99" ResourceID="{resource}" Boundary="{x} {y} {width} {height}" '
            f'CTM="{width} 0 0 {height} 0 0"/>'
        )
        return self

    def xml(self) -> str:
        used = f'<ofd:Template TemplateID="{self.template}" ZOrder="Background"/>' if self.template else ""
        area = f"<ofd:Area><ofd:PhysicalBox>0 0 {self.size[0]} {self.size[1]}</ofd:PhysicalBox></ofd:Area>"
        layer = f'<ofd:Layer ID="2">{"".join(self.objects)}</ofd:Layer>'
        return root("Page", f"{area}{used}<ofd:Content>{layer}</ofd:Content>")


def root(name: str, inside: str, attributes: str = "") -> str:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{declaration}<ofd:{name} xmlns:ofd="{NAMESPACE}"{attributes}>{inside}</ofd:{name}>'


def make_ofd(
    pages: Sequence[OfdPage], *, templates: dict[str, OfdPage] | None = None, images: dict[str, bytes] | None = None,
    attachments: Sequence[str] = (), sealed: str = "", parts: dict[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """An OFD of the pages. `sealed` is the digest of a seal over document and pages (sm3, sha256); `parts` replace."""
    files = package(pages, templates or {}, images or {}, attachments)
    if sealed:
        files.update(_signature(files, sealed))
    files.update(parts or {})
    return zipped(files)


def package(
    pages: Sequence[OfdPage], templates: dict[str, OfdPage], images: dict[str, bytes], attachments: Sequence[str]
) -> dict[str, bytes]:
    listed = "".join(f'<ofd:Page ID="{i + 100}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    used = "".join(f'<ofd:TemplatePage ID="{name}" BaseLoc="Tpls/{name}.xml"/>' for name in templates)
    attached = "<ofd:Attachments>Attachments.xml</ofd:Attachments>" if attachments else ""
    common = f"<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{used}"
    texts = {
        "Doc_0/Document.xml": root(
            "Document",
            f"<ofd:CommonData>{common}<ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages>{attached}",
        ),
        "Doc_0/Res.xml": root(
            "Res",
            "<ofd:MultiMedias>"
            + "".join(
                f'<ofd:MultiMedia ID="{name}" Type="Image"><ofd:MediaFile>{name}.png</ofd:MediaFile></ofd:MultiMedia>'
                for name in images
            )
            + "</ofd:MultiMedias>",
            ' BaseLoc="Res"',
        ),
        **{f"Doc_0/Pages/Page_{i}/Content.xml": page.xml() for i, page in enumerate(pages)},
        **{f"Doc_0/Tpls/{name}.xml": page.xml() for name, page in templates.items()},
    }
    if attachments:
        items = "".join(f'<ofd:Attachment ID="{i}" Name="{name}"/>' for i, name in enumerate(attachments))
        texts["Doc_0/Attachments.xml"] = root("Attachments", items)
    body = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>"
    files = {"OFD.xml": root("OFD", f"<ofd:DocBody>{body}</ofd:DocBody>").encode()}
    files.update({name: text.encode() for name, text in texts.items()})
    files.update({f"Doc_0/Res/{name}.png": data for name, data in images.items()})
    return files


def _signature(files: dict[str, bytes], digest: str) -> dict[str, bytes]:
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>'
        f"{base64.b64encode(hashlib.new(digest, data).digest()).decode()}</ofd:CheckValue></ofd:Reference>"
        for name, data in files.items()
    )
    method = {"sm3": "1.2.156.10197.1.401"}.get(digest, digest)
    signed = f'<ofd:SignedInfo><ofd:References CheckMethod="{method}">{references}</ofd:References></ofd:SignedInfo>'
    return {
        "Doc_0/Signs/Signatures.xml": root(
            "Signatures", '<ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/>'
        ).encode(),
        "Doc_0/Signs/Sign_0/Signature.xml": root("Signature", signed).encode(),
    }


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
