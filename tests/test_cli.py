"""The command line as a user meets it: exit codes, formats, files written, and one sentence for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest

from reviewer.cli import MODULES, main

FAULTY = """技术服务合同
甲方：某区文化和旅游局
乙方：云帆信息技术有限公司
第一条 服务内容
乙方为甲方提供网站维护服务。
第二条 价款与支付
合同总价为人民币120,000元（大写：壹拾万元整）。甲方在收到上级财政拨款后向乙方付款。
第三条 争议解决
因本合同发生的争议，可以向仲裁委员会申请仲裁，也可以向人民法院起诉。
甲方（盖章）：　　　　　　乙方（盖章）：
2026年3月1日
"""


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reviewer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=120, check=False)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "服务合同.txt"
    path.write_text(FAULTY, encoding="utf-8")
    return path


def test_findings_end_with_one_and_show_place_law_and_wording(contract: Path) -> None:
    done = run("check", contract, "--on", "2026-11-21")
    assert done.returncode == 1, done.stderr
    for said in ("大写", "建议：", "依据：", "第二条", "未"):
        assert said in done.stdout


def test_json_satisfies_the_shipped_schema_and_spans_hold_the_excerpts(contract: Path) -> None:
    done = run("check", contract, "--format", "json")
    report = json.loads(done.stdout)
    schema = Path("reviewer/exports/review.schema.json")
    jsonschema.validate(report, json.loads((Path(__file__).parents[1] / schema).read_text(encoding="utf-8")))
    assert report["document"]["line"] == "contract"
    assert report["findings"]
    for finding in report["findings"]:
        assert report["document"]["text"][finding["start"] : finding["end"]] == finding["excerpt"]


def test_two_runs_print_the_same_bytes(contract: Path) -> None:
    first, second = (run("check", contract, "--format", "json", "--on", "2026-11-21").stdout for _ in range(2))
    assert first == second


def test_several_files_become_a_list_and_a_bad_one_keeps_its_reason(contract: Path, tmp_path: Path) -> None:
    empty = tmp_path / "空.docx"
    empty.touch()
    done = run("check", contract, empty, "--format", "json")
    good, bad = json.loads(done.stdout)
    assert good["findings"]
    assert "空.docx" in bad["error"]
    assert done.returncode == 3


def test_exports_are_written_where_they_are_wanted(contract: Path, tmp_path: Path) -> None:
    done = run("check", contract, "--export", "html", "-o", tmp_path / "结果")
    assert done.returncode == 1
    (report,) = (tmp_path / "结果").iterdir()
    assert report.name == "服务合同.审查报告.html"
    assert "壹拾万元整" in report.read_text(encoding="utf-8")


def test_the_text_command_shows_each_block_with_its_place(contract: Path) -> None:
    done = run("text", contract)
    assert done.returncode == 0
    assert "第三条" in done.stdout
    assert "因本合同发生的争议" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "没有这个文件.docx"), "没有这个文件.docx"),
        (("check", "{contract}", "--export", "pdfx"), "可用：annotated_docx"),
        (("check", "{contract}", "--type", "买卖"), "没有“买卖”这种文书类型"),
        (("check", "{contract}", "--on", "去年"), "不是日期"),
        (("check", "{contract}", "--lexicons", "/没有/这里"), "词库目录"),
        (("rules", "show", "contract/payment/paid-when"), "contract/payment/paid-when-paid"),
        (("laws", "show", "不存在的法"), "法规目录中没有《不存在的法》"),
        (("rules", "test", "README.md"), "没有找到要测试的规则"),
    ],
)
def test_a_mistake_is_one_chinese_sentence_and_exit_code_two(
    contract: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run(*(a.format(contract=contract) for a in arguments))
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_repealed_law_is_shown_with_its_successor_and_new_article_numbers() -> None:
    done = run("laws", "show", "合同法")
    assert "已废止" in done.stdout
    assert "民法典" in done.stdout
    assert "第114条 → 《中华人民共和国民法典》第585条" in done.stdout


def test_every_command_has_help_and_an_example() -> None:
    context = main.make_context("reviewer", [], resilient_parsing=True)
    for name in MODULES:
        command = main.get_command(context, name)
        assert command is not None
        for each in [command, *getattr(command, "commands", {}).values()]:
            assert "例：" in (each.help or ""), f"{name}: {each.name} has no example"


# ---------------------------------------------------------------- 坏文件 bad input


def docx_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b"<a>" + b" " * 400_000_000)


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')


BAD = {
    "空.docx": lambda p: p.touch(),
    "改名.docx": lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "坏包.docx": lambda p: p.write_bytes(b"PK\x03\x04" + bytes(100)),
    "炸弹.docx": docx_bomb,
    "实体.docx": entities,
    "截断.pdf": lambda p: p.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
    "二进制.txt": lambda p: p.write_bytes(bytes(range(256)) * 40),
    "旧版.doc": lambda p: p.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_chinese_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    BAD[name](path)
    done = run("check", path)
    assert done.returncode in (2, 3)
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert sum("一" <= c <= "鿿" for c in done.stderr) >= 8
    assert "没有发现" not in done.stdout


def test_a_text_of_200_megabytes_is_refused_quickly(tmp_path: Path) -> None:
    path = tmp_path / "巨大.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    done = run("check", path)
    assert done.returncode == 2
    assert "巨大.txt" in done.stderr


def test_a_document_of_another_language_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "english.txt"
    path.write_text("This agreement is made between the parties. " * 40, encoding="utf-8")
    done = run("check", path)
    assert "中文" in done.stdout
