"""Broken and hostile files of our own making, the same every time.

`python tests/hostile_files.py FOLDER` writes them.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ofd_builder import OfdPage, make_ofd, root, zipped
from pdf_builder import PdfPage, make_pdf, stream
from wordml import NAMESPACES, box, p, tbl, write

LINES = (
    "采购合同", "甲方：某某区财政局", "乙方：某某服务有限公司", "第一条　乙方应当在三十日内交付全部货物。",
    "第二条　合同价款为人民币100000元（大写：壹拾万元整）。", "第三条　本合同自双方签字盖章之日起生效。",
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n"


def corpus() -> Iterator[tuple[str, bytes]]:
    """Name and content of every file."""
    sound = seeds()
    yield from _mutations(sound)
    yield from _zips(sound)
    yield from _words()
    yield from _pdfs()
    yield from _ofds()
    yield from _texts()
    yield from _legacy()
    yield from _pictures()


def seeds() -> dict[str, bytes]:
    """Sound files by suffix."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder, "a.docx"), *(p(line) for line in LINES), tbl(("项目", "金额"), ("服务费", "100000")))
        word = path.read_bytes()
    return {
        "docx": word,
        "pdf": make_pdf([PdfPage().lines(LINES).grid([90, 200, 300], [500, 530, 560])]),
        "ofd": make_ofd([OfdPage().lines(LINES)], sealed="sm3"),
        "txt": "\n".join(LINES).encode("gb18030"),
        "html": ("<html><body>" + "".join(f"<p>{line}</p>" for line in LINES) + "</body></html>").encode(),
        "rtf": rtf("\\par ".join(LINES)),
    }


def rtf(text: str) -> bytes:
    escaped = "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)
    return f"{{\\rtf1\\ansi\\ansicpg936{{\\fonttbl{{\\f0 SimSun;}}}}\\f0 {escaped}}}".encode("ascii")


def _mutations(sound: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each sound file cut, with bytes turned over, doubled, shuffled and with another beginning."""
    for suffix, data in sound.items():
        rng = random.Random(suffix)
        for share in (0.02, 0.5, 0.97):
            yield f"截断{round(share * 100)}.{suffix}", data[: max(1, int(len(data) * share))]
        for count in (3, 60):
            changed = bytearray(data)
            for _ in range(count):
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            yield f"翻转{count}.{suffix}", bytes(changed)
        middle = len(data) // 2
        yield f"缺中段.{suffix}", data[: middle - 50] + data[middle + 50 :]
        yield f"零段.{suffix}", data[: middle - 40] + bytes(80) + data[middle + 40 :]
        yield f"接两份.{suffix}", data + data
        yield f"前面有垃圾.{suffix}", rng.randbytes(64) + data
        yield f"只有开头.{suffix}", data[:8] + rng.randbytes(4000)
    for suffix in sound:
        yield f"空.{suffix}", b""
        yield f"随机.{suffix}", random.Random(suffix).randbytes(5000)
    for (name, data), suffix in zip(sound.items(), [*list(sound)[1:], "docx"], strict=True):
        yield f"实为{name}.{suffix}", data


def _zips(sound: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Containers: bombs, paths that lead outside, encrypted and doubled entries, too many of them."""
    with zipfile.ZipFile(io.BytesIO(sound["docx"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    yield "炸弹.docx", zipped(parts | {"word/document.xml": b"<a>" + b" " * (60 << 20) + b"</a>"})
    yield "炸弹.ofd", zipped({"OFD.xml": bytes(60 << 20)})
    nested = zipped({"a": bytes(30 << 20)})
    yield "嵌套炸弹.zip", zipped({f"{i}.zip": nested for i in range(20)})
    yield "外逃.docx", zipped(parts | {"../../../../tmp/hostile": b"a", "/etc/hostile": b"a"})
    yield "外逃.ofd", zipped({"OFD.xml": root("OFD", "<ofd:DocBody><ofd:DocRoot>../../../../etc/passwd</ofd:DocRoot>"
                                              "</ofd:DocBody>").encode()})  # fmt: skip
    yield "部件过多.docx", zipped(parts | {f"x/{i}": b"" for i in range(10_001)})
    encrypted = bytearray(sound["docx"])
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = encrypted.find(mark)
        while at >= 0:
            encrypted[at + place] |= 1
            at = encrypted.find(mark, at + 4)
    yield "加密部件.docx", bytes(encrypted)
    lying = bytearray(sound["docx"])
    at = lying.find(b"PK\x01\x02")
    struct.pack_into("<I", lying, at + 24, 0xFFFFFFFE)
    yield "谎报大小.docx", bytes(lying)
    yield "无正文.docx", zipped({"[Content_Types].xml": b"<Types/>", "word/a.xml": b"<a/>"})
    yield "只是压缩包.zip", zipped({"合同.txt": "甲方".encode()})
    yield "表格.xlsx", zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<a/>"})


def _word(document: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder, "a.docx"), raw=document).read_bytes()


def _words() -> Iterator[tuple[str, bytes]]:
    """Word documents: entities, depth, numbers out of range, references in circles."""
    body = f"<w:document {NAMESPACES}><w:body>{{}}</w:body></w:document>"
    laughs = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    yield "实体炸弹.docx", _word(f'<!DOCTYPE a [<!ENTITY a0 "哈">{laughs}]>' + body.format(p("&a9;")))
    yield "外部实体.docx", _word('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + body.format("<w:p/>"))
    for depth in (300, 3_000, 100_000):
        yield f"嵌套表格{depth}.docx", _word(
            body.format("<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth)
        )
    yield "嵌套控件.docx", _word(body.format("<w:sdt><w:sdtContent>" * 5_000 + "<w:p/>"))
    yield "嵌套文本框.docx", _word(body.format(p(*[box(p("甲方"))] * 50)))
    yield "段落很多.docx", _word(body.format(p("甲") * 60_000))
    yield "一段很长.docx", _word(body.format(p("甲方应当付款。" * 60_000)))
    yield "跨列过大.docx", _word(body.format(tbl(("甲",)).replace('gridSpan w:val="1"', 'gridSpan w:val="999999999"')))
    yield "空文档.docx", _word(body.format(""))
    yield "不是XML.docx", _word("不是 XML")
    with tempfile.TemporaryDirectory() as folder:
        styles = "".join(
            f'<w:style w:type="paragraph" w:styleId="s{i}"><w:basedOn w:val="s{(i + 1) % 50}"/></w:style>'
            for i in range(50)
        )
        numbers = '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>' * 3
        path = write(Path(folder, "a.docx"), p("甲方", style="s1", num=(1, 99)), styles=styles, numbering=numbers)
        yield "样式循环.docx", path.read_bytes()


def _pdfs() -> Iterator[tuple[str, bytes]]:
    """PDF: page trees in circles, streams that burst, sizes and numbers nobody prints."""
    sound = make_pdf([PdfPage().lines(LINES)])
    yield "页树循环.pdf", sound.replace(b"/Kids[6 0 R]", b"/Kids[2 0 R]")
    yield "页树自指.pdf", sound.replace(b"/Type/Page/Parent 2 0 R", b"/Type/Pages/Kids[6 0 R]/P 2 0 R")
    yield "页数谎报.pdf", sound.replace(b"/Count 1", b"/Count 2000000000")
    yield "流炸弹.pdf", make_pdf([PdfPage()], contents={0: stream(bytes(120 << 20))})
    double = zlib.compress(zlib.compress(bytes(100 << 20)))
    head = f"<</Filter[/FlateDecode/FlateDecode]/Length {len(double)}>>\nstream\n".encode()
    yield "双层炸弹.pdf", make_pdf([PdfPage()], contents={0: head + double + b"\nendstream"})
    yield "页面巨大.pdf", make_pdf([PdfPage(box=(0, 0, 1e9, 1e9)).lines(LINES)])
    yield "页面为零.pdf", make_pdf([PdfPage(box=(0, 0, 0, 0)).lines(LINES)])
    yield "坐标无穷.pdf", make_pdf([PdfPage().text(1e30, 1e30, "甲方").lines(LINES)])
    yield "字号巨大.pdf", make_pdf([PdfPage().text(90, 90, "甲方", size=1e12)])
    scribble = stream(b"0 0 m " + b"9 9 l " * 300_000 + b"S")
    yield "线条很多.pdf", make_pdf([PdfPage()], contents={0: scribble})
    grid = PdfPage()
    for i in range(1_500):
        grid.line(0, i / 3, 500, i / 3).line(i / 3, 0, i / 3, 500)
    yield "网格很密.pdf", make_pdf([grid])
    nested = stream(b"q " * 200_000 + b"BT /F1 12 Tf (a) Tj ET")
    yield "状态很深.pdf", make_pdf([PdfPage()], contents={0: nested})
    yield "页很多.pdf", make_pdf([PdfPage()] * 3_100)
    yield "数组很深.pdf", b"%PDF-1.7\n1 0 obj" + b"[" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>"
    yield "要密码.pdf", sound.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Standard/V 5/R 6>>")
    yield "只有签名.pdf", b"%PDF-1.7"


def _ofds() -> Iterator[tuple[str, bytes]]:
    """OFD: templates and groups in circles, steps without end, boxes that are none."""
    page = "Doc_0/Pages/Page_0/Content.xml"
    yield "步长无尽.ofd", make_ofd([OfdPage().text(30, 60, "甲方", delta="g 999999999 5")])
    yield "步长乱写.ofd", make_ofd([OfdPage().text(30, 60, "甲方", delta="g x nan inf g")])
    yield "坐标无穷.ofd", make_ofd([OfdPage().text(1e300, float("inf"), "甲方")])
    yield "字号为零.ofd", make_ofd([OfdPage().text(30, 60, "甲方", size=0)])
    yield "页面为负.ofd", make_ofd([OfdPage(size=(-5, -5)).lines(LINES)])
    deep = "<ofd:PageBlock>" * 50_000
    yield "嵌套.ofd", make_ofd([OfdPage()], parts={page: root("Page", f"<ofd:Content>{deep}").encode()})
    unit = '<ofd:CompositeObject ResourceID="7"/>' * 9
    group = f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{unit}</ofd:Content></ofd:CompositeGraphicUnit>'
    resources = root("Res", f"<ofd:CompositeGraphicUnits>{group}</ofd:CompositeGraphicUnits>").encode()
    circle = root("Page", f"<ofd:Content><ofd:Layer>{unit}</ofd:Layer></ofd:Content>").encode()
    yield "图元循环.ofd", make_ofd([OfdPage()], parts={page: circle, "Doc_0/Res.xml": resources})
    listed = "".join('<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>' for _ in range(4_000))
    many = root("Document", f"<ofd:Pages>{listed}</ofd:Pages>").encode()
    yield "页很多.ofd", make_ofd([OfdPage().lines(LINES)], parts={"Doc_0/Document.xml": many})
    yield "签名自指.ofd", make_ofd(
        [OfdPage().lines(LINES)],
        parts={"Doc_0/Signs/Signatures.xml": root("Signatures", '<ofd:Signature BaseLoc="Signatures.xml"/>').encode()},
    )
    yield "摘要乱写.ofd", make_ofd(
        [OfdPage().lines(LINES)], sealed="sm3", parts={"Doc_0/Signs/Sign_0/Signature.xml": b"<a><SignedInfo/></a>"}
    )
    yield "无文档.ofd", zipped({"OFD.xml": root("OFD", "<ofd:DocBody/>").encode()})
    yield "图片损坏.ofd", make_ofd([OfdPage().image("a")], images={"a": PNG + b"broken"})


def _texts() -> Iterator[tuple[str, bytes]]:
    rng = random.Random(7)
    yield "一行很长.txt", ("甲方应当付款" * 200_000).encode()
    yield "行很多.txt", b"\n" * 3_000_000 + "甲方".encode()
    yield "二进制.txt", rng.randbytes(100_000)
    yield "零字节.txt", bytes(100_000)
    yield "控制字符.txt", "".join(chr(i % 32) for i in range(20_000)).encode() + "甲方".encode()
    yield "半个汉字.txt", "甲方：某某区财政局".encode() + b"\xe7\x94"
    yield "组合字符.txt", ("甲" + "\u0301" * 50_000).encode()
    yield "数字很长.txt", ("合同价款为" + "9" * 200_000 + "元").encode()
    yield "括号很多.txt", ("（" * 50_000 + "《" * 50_000).encode()
    yield "大写很长.txt", ("壹佰贰拾叁万" * 20_000 + "元整").encode()
    yield "条号很大.txt", "\n".join(f"第{'九' * 200}条　甲方。" for _ in range(200)).encode()
    yield "方向控制.txt", "甲方\u202e方乙\u202c\u0000第一条".encode()
    yield "标签很深.html", ("<html><body>" + "<div>" * 100_000 + "甲方").encode()
    yield "属性很长.html", ("<html><body><p class='" + "a" * 3_000_000 + "'>甲方</p>").encode()
    yield "实体.html", b"<!DOCTYPE html [<!ENTITY a 'b'>]><html><body><p>&a;&#x110000;&#0;</p>"
    yield "脚本.html", "<html><script>while(1){}</script><body onload='x()'>甲方：某某区财政局</body></html>".encode()
    yield "组很深.rtf", b"{\\rtf1 " + b"{" * 100_000
    yield "数很大.rtf", b"{\\rtf1\\ansicpg99999999 \\uc999999999 \\u99999999 \\bin999999999 a}"
    yield "半个.rtf", b"{\\rtf1{\\fonttbl{\\f0\\fcharset999 x;}}\\f0\\'"
    yield "网页归档.doc", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--a\n"


def _legacy() -> Iterator[tuple[str, bytes]]:
    yield "只有头.doc", OLE + bytes(600)
    fib = b"\xec\xa5" + bytes(8) + b"\x00\x01" + bytes(500)
    name = "WordDocument".encode("utf-16-le")
    yield "要密码.doc", OLE + bytes(504) + fib + name + bytes(400)
    yield "加密的新格式.docx", OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    yield "工作簿.xls", OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(400)
    yield "目录循环.doc", OLE + b"\xff" * 504 + name + bytes(480) + b"\x00" * 512


def _pictures() -> Iterator[tuple[str, bytes]]:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    huge = chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0))
    yield "像素炸弹.png", PNG + huge + chunk(b"IDAT", zlib.compress(bytes(1 << 20))) + chunk(b"IEND", b"")
    yield "截断.png", PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0))
    yield "截断.jpg", b"\xff\xd8\xff\xe0" + bytes(40)
    directory = struct.pack("<HHIII", 1, 256, 3, 1, 100)[:14] + struct.pack("<I", 8)
    yield "目录循环.tif", b"II*\x00" + struct.pack("<I", 8) + directory
    yield "坏的.bmp", b"BM" + struct.pack("<IHHIIiiHHI", 100, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0) + bytes(30)
    yield "坏的.gif", b"GIF89a" + b"\xff" * 40
    yield "手机照片.heic", b"\x00\x00\x00\x18ftypheic" + bytes(100)


def write_all(folder: Path) -> list[Path]:
    """Every file of the corpus in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, data in corpus():
        path = folder / name
        assert not path.exists(), f"two files are called {name}"
        path.write_bytes(data)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write_all(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
