"""Documents of our own making for the benchmarks: a contract of any length as .docx or text PDF, and whole folders."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PARTIES = ("某区住房和城乡建设局", "某区教育和体育局", "某区综合行政执法局", "某街道办事处", "某区公共资源交易中心")
SUPPLIERS = ("海岳建设有限公司", "云帆信息技术有限公司", "青禾物业服务有限公司", "同泽咨询有限公司", "长桥工程有限公司")
SENTENCES = (
    "甲方应当在收到乙方开具的增值税专用发票后三十日内支付合同价款的百分之四十。",
    "乙方应当按照国家现行技术标准和本合同附件一的要求提供服务，并保证服务人员持证上岗。",
    "任何一方未经对方书面同意，不得将本合同项下的权利义务转让给第三方。",
    "验收合格的，双方在三个工作日内签署验收单；验收不合格的，乙方应当在十日内整改完毕并再次申请验收。",
    "根据《中华人民共和国民法典》第五百七十七条，当事人一方不履行合同义务的，应当承担违约责任。",
    "合同总价为人民币1,280,000元（大写：壹佰贰拾捌万元整），包括税费、运输费和安装调试费。",
    "乙方逾期完成的，每逾期一日按合同总价的万分之五支付违约金，累计不超过合同总价的百分之十。",
    "双方对在履行本合同中知悉的商业秘密和个人信息负有保密义务，保密期限至该信息依法公开之日止。",
    "因不可抗力不能履行合同的，应当及时通知对方，并在合理期限内提供证明。",
    "项目所在地气候、交通和地下管线情况由甲方在开工前十五日书面告知乙方。",
    "乙方应当建立项目台账，按月向甲方报送进度、质量、安全和资金使用情况。",
    "因履行本合同发生的争议，双方协商解决；协商不成的，向甲方所在地人民法院提起诉讼。",
)
HEADINGS = ("项目内容", "服务期限", "合同价款", "支付方式", "质量要求", "验收", "双方的权利和义务", "保密", "违约责任",
            "合同的变更和解除", "不可抗力", "争议解决", "合同生效")  # fmt: skip
CHARACTERS_A_PAGE = 850


def contract_lines(pages: float, seed: int = 1) -> list[str]:
    """A contract of about `pages` × 850 characters, the same for the same seed."""
    rng = random.Random(seed)
    lines = ["技术服务合同", f"甲方：{rng.choice(PARTIES)}", f"乙方：{rng.choice(SUPPLIERS)}"]
    characters, number = 0, 0
    while characters < pages * CHARACTERS_A_PAGE:
        number += 1
        lines.append(f"{number}. {HEADINGS[(number - 1) % len(HEADINGS)]}")
        for item in range(1, 5):
            text = "".join(rng.sample(SENTENCES, 3))
            lines.append(f"{number}.{item} {text}")
            characters += len(text)
    return [*lines, "甲方（盖章）：", "乙方（盖章）：", "2026年3月1日"]


def write_docx(path: Path, pages: float, seed: int = 1) -> Path:
    import docx

    document = docx.Document()
    for line in contract_lines(pages, seed):
        paragraph = document.add_paragraph()
        for start in range(0, len(line), 40):  # several runs a paragraph, as Word leaves them
            paragraph.add_run(line[start : start + 40])
    table = document.add_table(rows=6, cols=4)
    for i, row in enumerate(table.rows):
        for cell, text in zip(row.cells, (f"第{i + 1}期", "服务费", f"{(i + 1) * 10000}元", "验收后支付"), strict=True):
            cell.text = text
    document.save(str(path))
    return path


def write_pdf(path: Path, pages: float, seed: int = 1) -> Path:
    """The same contract as `write_docx`, printed to PDF."""
    with tempfile.TemporaryDirectory() as folder:
        typed = write_docx(Path(folder) / f"{path.stem}.docx", pages, seed)
        if not print_pdfs([typed], path.parent):
            path.write_bytes(pdf_of(contract_lines(pages, seed)))
    return path


def print_pdfs(documents: list[Path], folder: Path) -> bool:
    """Print .docx files with LibreOffice, as offices do: fonts embedded. False where it is not installed."""
    office = shutil.which("soffice")
    if office is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        for at in range(0, len(documents), 40):  # longer lists end too early without a word
            command = [office, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "pdf",
                       "--outdir", str(folder), *map(str, documents[at : at + 40])]  # fmt: skip
            subprocess.run(command, capture_output=True, check=True)
    return all((folder / f"{d.stem}.pdf").is_file() for d in documents)


def pdf_of(lines: list[str]) -> bytes:
    """Paragraphs as the pages of a text PDF, 30 characters a line and 29 lines a page, its font not embedded."""
    tests = str(Path(__file__).parents[1] / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from pdf_builder import PdfPage, make_pdf

    printed = [("　　" + line)[at : at + 30] for line in lines for at in range(0, len(line) + 2, 30)]
    sheets = []
    for first in range(0, len(printed), 29):
        page = PdfPage()
        for row, text in enumerate(printed[first : first + 29]):
            bare = text.lstrip("　")
            page.text(88 + 14 * (len(text) - len(bare)), 90 + 24 * row, bare, size=14)
        sheets.append(page)
    return make_pdf(sheets)
