"""A folder or .zip as one submission: what each file is, and where files contradict each other."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from wordml import p, write

from reviewer.errors import UnreadableFileError
from reviewer.package import PackageReview, Role, is_package, opened, report, review_package, with_findings
from reviewer.pipeline import Engine
from reviewer.readers.containers import entry_path

ROOT = Path(__file__).parents[1]

CONTRACT = """水务平台运维服务合同

项目名称：某市水务平台运维服务
项目编号：SW-2026-018
甲方（采购人）：某市水务局
乙方（供应商）：江南数据服务有限公司

根据中标通知书，双方订立本合同。
第一条 服务内容
乙方为甲方提供水务平台运维服务。
第二条 合同价款
合同总价为人民币980000元（大写：玖拾捌万元整）。
第三条 服务期限
服务期限为12个月，自合同签订之日起计算。
第四条 违约责任
任何一方违约的，按合同总价的5%支付违约金。

甲方（盖章）：某市水务局
乙方（盖章）：江南数据服务有限公司
2026年11月2日
"""
AWARD = """中标通知书

江南数据服务有限公司：
经评审，贵公司为中标人。
项目名称：某市水务平台运维服务
项目编号：SW-2026-018
采购人：某市水务局
中标金额：人民币98万元
服务期：一年
某采购代理有限公司
2026年10月20日
"""
TENDER = """某市水务平台运维服务招标文件

第一章 投标邀请
项目名称：某市水务平台运维服务
最高限价：100万元
第二章 投标人须知
投标文件应当密封递交，评标委员会按评标办法评审。
服务期限：12个月
"""
RULES = """某市机动车停放管理办法
（送审稿）

第一条 为了规范机动车停放，根据《中华人民共和国道路交通安全法》，制定本办法。
第二条 本市行政区域内机动车停放的管理，适用本办法。
第三条 市公安机关负责本办法的组织实施。
第四条 本办法自2027年1月1日起施行，有效期五年。

某市人民政府
2026年11月1日
"""
EXPLANATION = """关于《某市机动车停放管理办法（送审稿）》的起草说明

现将有关情况说明如下：
一、制定的必要性
机动车数量增长，停放秩序有待规范。
二、主要内容
共四条。

某市公安局
2026年11月3日
"""
LETTER = """关于提请审查《某市机动车停放管理办法》的函

某市司法局：
现将文件送审，请予审查。

某市公安局
2026年11月4日
"""
LAW = """中华人民共和国道路交通安全法

第一条 为了维护道路交通秩序，制定本法。
第二条 本法所称道路，是指公路、城市道路。
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def folder(path: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return path


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def reviewed(engine: Engine, path: Path) -> PackageReview:
    with opened(path) as members:
        return review_package(engine, path.name, members)


def roles(package: PackageReview) -> dict[str, Role]:
    return {m.name: m.role for m in package.members}


def found(package: PackageReview) -> list[tuple[str, str]]:
    return [(c.finding.rule, c.finding.excerpt) for c in package.findings]


# ---------------------------------------------------------------- what each file is


def test_members_are_recognised_by_their_titles_whatever_they_are_called(engine: Engine, tmp_path: Path) -> None:
    files = {"1.txt": CONTRACT, "2.txt": AWARD, "3.txt": TENDER}
    package = reviewed(engine, folder(tmp_path / "送审", files))
    assert roles(package) == {"1.txt": Role.MAIN, "2.txt": Role.AWARD, "3.txt": Role.TENDER}
    assert package.members[0].name == "1.txt"
    assert all(m.review is not None for m in package.members)


def test_a_normative_submission_has_its_draft_explanation_comments_and_grounds(engine: Engine, tmp_path: Path) -> None:
    files = {
        "a.txt": RULES, "b.txt": EXPLANATION, "依据/法律.txt": LAW, "c.txt": LETTER,
        "d.txt": "《某市机动车停放管理办法（征求意见稿）》征求意见及采纳情况\n\n共收到意见三条，采纳两条。\n",
        "附件1 停车位图.txt": "停车位分布说明\n\n一、城东片区\n二、城西片区\n",
    }  # fmt: skip
    package = reviewed(engine, folder(tmp_path / "送审", files))
    assert roles(package) == {
        "a.txt": Role.MAIN, "b.txt": Role.EXPLANATION, "依据/法律.txt": Role.GROUND, "c.txt": Role.MATERIAL,
        "d.txt": Role.COMMENTS, "附件1 停车位图.txt": Role.ATTACHMENT,
    }  # fmt: skip


def test_a_text_for_comment_is_the_draft_and_not_a_report_on_comments(engine: Engine, tmp_path: Path) -> None:
    files = {"办法（征求意见稿）.txt": RULES.replace("送审稿", "征求意见稿"), "说明.txt": EXPLANATION}
    assert roles(reviewed(engine, folder(tmp_path / "送审", files)))["办法（征求意见稿）.txt"] is Role.MAIN


def test_what_the_line_requires_and_is_not_there_is_told(engine: Engine, tmp_path: Path) -> None:
    lacking = reviewed(engine, folder(tmp_path / "缺", {"办法.txt": RULES, "函.txt": LETTER}))
    (note,) = lacking.notes
    assert "按行政规范性文件的送审要求，送审材料中没有识别到：起草说明、制定依据目录及文本、征求意见及采纳情况" in note
    complete = reviewed(engine, folder(tmp_path / "有", {"办法.txt": RULES, "说明.txt": EXPLANATION}))
    assert "起草说明" not in complete.notes[0]


def test_a_submission_of_one_file_is_reviewed_as_that_file(engine: Engine, tmp_path: Path) -> None:
    package = reviewed(engine, folder(tmp_path / "送审", {"合同.txt": CONTRACT}))
    (member,) = package.members
    alone = engine.review(engine.read(tmp_path / "送审" / "合同.txt"))
    assert member.review is not None
    assert member.review.findings == alone.findings
    assert package.findings == ()


# ---------------------------------------------------------------- facts across files


def contract_against(engine: Engine, path: Path, contract: str = CONTRACT, **others: str) -> PackageReview:
    return reviewed(engine, folder(path / "送审", {"合同.txt": contract, **{f"{k}.txt": v for k, v in others.items()}}))


def test_files_that_agree_give_no_finding(engine: Engine, tmp_path: Path) -> None:
    assert found(contract_against(engine, tmp_path, award=AWARD, tender=TENDER)) == []


def test_a_total_other_than_the_award_is_illegal_and_names_the_file(engine: Engine, tmp_path: Path) -> None:
    package = contract_against(engine, tmp_path, award=AWARD.replace("98万元", "95万元"))
    (cross,) = package.findings
    assert (cross.file, cross.finding.rule, cross.finding.excerpt) == ("合同.txt", "package.amount", "980000元")
    assert cross.finding.severity.value == "illegal"
    assert [(place.file, place.excerpt) for place in cross.against] == [("award.txt", "95万元")]
    assert "award.txt" in cross.finding.message
    assert cross.finding.where == "第二条"


def test_a_share_of_the_total_is_not_the_total(engine: Engine, tmp_path: Path) -> None:
    more = "按合同总价的5%支付违约金，计4.9万元；合同价款分两期，首期40万元"
    text = CONTRACT.replace("按合同总价的5%支付违约金", more)
    assert found(contract_against(engine, tmp_path, text, award=AWARD)) == []


def test_a_contract_with_another_supplier_than_the_winner_is_found(engine: Engine, tmp_path: Path) -> None:
    package = contract_against(engine, tmp_path, award=AWARD.replace("江南数据", "江北数据"))
    assert found(package) == [("package.party", "江南数据服务有限公司")]
    assert package.findings[0].against[0].excerpt == "江北数据服务有限公司"


def test_a_contract_of_another_buyer_is_found(engine: Engine, tmp_path: Path) -> None:
    package = contract_against(engine, tmp_path, award=AWARD.replace("采购人：某市水务局", "采购人：某市交通运输局"))
    assert found(package) == [("package.party", "某市水务局")]


def test_a_longer_or_shorter_period_than_the_award_is_found_and_a_year_is_twelve_months(
    engine: Engine, tmp_path: Path
) -> None:
    package = contract_against(engine, tmp_path, award=AWARD.replace("服务期：一年", "服务期：二年"), tender=TENDER)
    assert found(package) == [("package.period", "12个月")]
    assert [place.file for place in package.findings[0].against] == ["award.txt"]


def test_a_period_for_something_that_follows_another_is_not_that_period(engine: Engine, tmp_path: Path) -> None:
    text = CONTRACT.replace("自合同签订之日起计算。", "自合同签订之日起计算。服务期满后5个工作日内退还保证金。")
    only_after = text.replace("服务期限为12个月，自合同签订之日起计算。", "")
    assert found(contract_against(engine, tmp_path / "both", text, award=AWARD)) == []
    assert found(contract_against(engine, tmp_path / "after", only_after, award=AWARD)) == []


def test_a_least_period_of_the_tender_is_kept_by_a_longer_one(engine: Engine, tmp_path: Path) -> None:
    for bound in ("服务期限：不少于6个月", "服务期限：6个月以上"):
        tender = TENDER.replace("服务期限：12个月", bound)
        assert found(contract_against(engine, tmp_path / bound, tender=tender)) == []


def test_a_contract_above_the_highest_price_is_found(engine: Engine, tmp_path: Path) -> None:
    package = contract_against(engine, tmp_path, tender=TENDER.replace("100万元", "90万元"))
    assert found(package) == [("package.limit", "980000元")]


def test_another_project_name_or_number_is_found(engine: Engine, tmp_path: Path) -> None:
    other = AWARD.replace("某市水务平台运维服务", "某市气象平台运维服务").replace("SW-2026-018", "SW-2026-081")
    assert found(contract_against(engine, tmp_path, award=other)) == [
        ("package.project", "某市水务平台运维服务"), ("package.project", "SW-2026-018"),
    ]  # fmt: skip


def test_a_name_left_open_is_no_other_name(engine: Engine, tmp_path: Path) -> None:
    for blank in ("项目名称：\n项目地点：某市", "项目名称：{{项目名称}}", "项目名称：______________"):
        text = CONTRACT.replace("项目名称：某市水务平台运维服务", blank)
        assert found(contract_against(engine, tmp_path / str(len(blank)), text, award=AWARD)) == []


def test_an_explanation_of_another_text_is_found(engine: Engine, tmp_path: Path) -> None:
    files = {"办法.txt": RULES, "说明.txt": EXPLANATION.replace("停放管理", "停车收费管理")}
    package = reviewed(engine, folder(tmp_path / "送审", files))
    assert [c.finding.rule for c in package.findings] == ["package.title"]
    assert "说明.txt" in package.findings[0].finding.message


@pytest.mark.parametrize("said", ["机动车停放管理办法（草案）", "某市机动车停放管理办法（2026年修订）"])
def test_an_explanation_may_name_the_text_shorter_or_longer(engine: Engine, tmp_path: Path, said: str) -> None:
    explanation = EXPLANATION.replace("某市机动车停放管理办法（送审稿）", said)
    assert found(reviewed(engine, folder(tmp_path / "送审", {"办法.txt": RULES, "说明.txt": explanation}))) == []


def test_an_explanation_from_another_place_is_found(engine: Engine, tmp_path: Path) -> None:
    files = {"办法.txt": RULES.replace("某市人民政府", "甲市人民政府"),
             "说明.txt": EXPLANATION.replace("某市公安局", "乙市公安局")}  # fmt: skip
    package = reviewed(engine, folder(tmp_path / "送审", files))
    assert [c.finding.rule for c in package.findings] == ["package.organ"]


def test_the_drafting_department_of_the_same_place_is_no_contradiction(engine: Engine, tmp_path: Path) -> None:
    assert found(reviewed(engine, folder(tmp_path / "送审", {"办法.txt": RULES, "说明.txt": EXPLANATION}))) == []


# ---------------------------------------------------------------- zips


def test_a_zip_gives_what_its_folder_gives(engine: Engine, tmp_path: Path) -> None:
    files = {"合同.txt": CONTRACT, "中标通知书.txt": AWARD.replace("98万元", "95万元")}
    from_folder, from_zip = (
        reviewed(engine, folder(tmp_path / "送审", files)), reviewed(engine, zipped(tmp_path / "送审.zip", files)),
    )  # fmt: skip
    assert found(from_zip) == found(from_folder) != []
    assert roles(from_zip) == roles(from_folder)


def test_a_member_that_cannot_be_read_is_told_and_the_others_are_reviewed(engine: Engine, tmp_path: Path) -> None:
    files = {"合同.txt": CONTRACT, "照片.bin": bytes(range(256)) * 40, "里层.zip": b"PK\x05\x06" + bytes(18)}
    package = reviewed(engine, zipped(tmp_path / "送审.zip", files))
    unread = {m.name: m.problem for m in package.members if m.review is None}
    assert set(unread) == {"照片.bin", "里层.zip"}
    assert "没有打开" in unread["里层.zip"]
    assert sum(name in note for name in unread for note in package.notes) == 2
    assert package.members[0].role is Role.MAIN


def test_names_that_lead_out_of_the_folder_stay_inside_it(tmp_path: Path) -> None:
    path = zipped(tmp_path / "送审.zip", {"../../逃.txt": CONTRACT, "C:\\甲.txt": AWARD})
    with opened(path) as members:
        assert [m.name for m in members] == ["甲.txt", "逃.txt"]
        assert all(m.path is not None and m.path.name == m.name for m in members)
        kept = [m.path for m in members if m.path is not None]
        assert all(tmp_path not in place.parents for place in kept)
    assert not any(place.exists() for place in kept)
    assert sorted(tmp_path.iterdir()) == [path]


def test_names_in_gb18030_are_read_as_chinese() -> None:
    entry = zipfile.ZipInfo("合同.txt".encode("gb18030").decode("cp437"))
    assert entry_path(entry) == "合同.txt"


def test_what_programs_leave_behind_is_not_a_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "送审.zip", {"合同.txt": CONTRACT, "__MACOSX/._合同.txt": "x", "~$合同.docx": "x"})
    with opened(path) as members:
        assert [m.name for m in members] == ["合同.txt"]


def test_an_empty_package_and_one_of_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="里面没有文件"), opened(zipped(tmp_path / "空.zip", {})):
        pass
    many = zipped(tmp_path / "多.zip", {f"{i}.txt": "x" for i in range(201)})
    with pytest.raises(UnreadableFileError, match="超过一次送审 200 个的上限"), opened(many):
        pass


def test_a_document_that_is_a_zip_is_no_package(tmp_path: Path) -> None:
    document = write(tmp_path / "合同.docx", p("甲方"))
    renamed = tmp_path / "合同.zip"
    renamed.write_bytes(document.read_bytes())
    assert not is_package(document)
    assert not is_package(renamed)
    assert is_package(zipped(tmp_path / "送审.zip", {"合同.txt": CONTRACT}))
    assert is_package(tmp_path)


# ---------------------------------------------------------------- what comes out


def test_the_json_of_a_package_satisfies_the_shipped_schema(engine: Engine, tmp_path: Path) -> None:
    schema = json.loads((ROOT / "reviewer/exports/review.schema.json").read_text("utf-8"))
    files = {"合同.txt": CONTRACT, "中标通知书.txt": AWARD.replace("98万元", "95万元"), "坏.bin": bytes(range(256)) * 9}
    output = json.loads(report.as_json(reviewed(engine, zipped(tmp_path / "送审.zip", files))))
    checker = jsonschema.Draft202012Validator(schema)
    assert list(checker.iter_errors(output)) == []
    assert [m["role"] for m in output["members"]] == ["main", "award", "attachment"]
    main = output["members"][0]["review"]
    (cross,) = output["findings"]
    assert main["document"]["text"][cross["start"] : cross["end"]] == "980000元"
    output["members"][0]["role"] = "boss"
    assert len(list(checker.iter_errors(output))) == 1


def check(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "reviewer", "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False)


def test_the_command_reviews_a_zip_as_one_submission(tmp_path: Path) -> None:
    files = {"合同.txt": CONTRACT, "中标通知书.txt": AWARD.replace("98万元", "95万元")}
    done = check(zipped(tmp_path / "送审.zip", files))
    shown = done.stdout.decode()
    assert done.returncode == 1
    assert "送审.zip（一次送审，2 个文件）" in shown
    assert "[违法] 合同总价与中标金额不一致（合同.txt 第二条）" in shown
    assert "======== 送审稿：合同.txt" in shown


def test_annotated_copies_of_a_package_carry_what_was_found_across_files(tmp_path: Path) -> None:
    stream = io.BytesIO(write(tmp_path / "x.docx", *(p(line) for line in CONTRACT.split("\n"))).read_bytes())
    files = {"合同.docx": stream.getvalue(), "中标通知书.txt": AWARD.replace("98万", "95万")}
    source = zipped(tmp_path / "送审.zip", files)
    done = check(source, "--export", "annotated_docx", "-o", tmp_path / "出")
    (copy,) = (tmp_path / "出").rglob("*.docx")
    with zipfile.ZipFile(copy) as archive:
        comments = archive.read("word/comments.xml").decode()
    assert copy.parent.name == "送审.审查结果"
    assert "合同总价与中标金额不一致" in comments
    assert "未生成：中标通知书.txt" in done.stderr.decode()


def test_a_document_called_zip_is_reviewed_as_that_document(tmp_path: Path) -> None:
    renamed = tmp_path / "合同.zip"
    renamed.write_bytes(write(tmp_path / "合同.docx", *(p(line) for line in CONTRACT.split("\n"))).read_bytes())
    output: dict[str, Any] = json.loads(check(renamed, "--format", "json").stdout)
    assert output["document"]["format"] == "docx"


def test_what_was_found_across_files_counts_in_the_score_of_the_draft(engine: Engine, tmp_path: Path) -> None:
    package = contract_against(engine, tmp_path, award=AWARD.replace("98万元", "95万元"))
    main = package.members[0]
    assert main.review is not None
    together = with_findings(package, main)
    assert [f.rule for f in together.findings] == ["package.amount", *(f.rule for f in main.review.findings)]
    assert together.score.value is not None and main.review.score.value is not None
    assert together.score.value < main.review.score.value
    assert with_findings(package, package.members[1]) is package.members[1].review
