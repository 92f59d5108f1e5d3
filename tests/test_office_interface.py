"""What the administrator gives out: tokens with an end, templates with rights and a log, all of it in the backup."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import office_desk as own
import pytest
from click.testing import CliRunner
from test_papers import DAY, lines, own_template, signed

from reviewer.cli import main
from reviewer.errors import UsageError
from reviewer.office import audit, backup, paper_samples, papers, templates, tokens
from reviewer.office.desk import open_office
from reviewer.office.records import ForbiddenError

TODAY = dt.date.today()


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path / "data")


def test_a_token_works_to_the_end_of_its_last_day_and_no_longer(desk: own.Desk) -> None:
    made, secret = tokens.create(desk.office, desk.admin, "办公系统", desk.applicant.id, ["status"], TODAY)
    assert tokens.bearer(desk.office, secret) is not None and not made.expired
    with desk.office.store.writing() as db:
        yesterday = (TODAY - dt.timedelta(days=1)).isoformat()
        db.run("UPDATE api_tokens SET expires_on = ? WHERE id = ?", [yesterday, made.id])
    assert tokens.bearer(desk.office, secret) is None
    (listed,) = tokens.list_tokens(desk.office, desk.admin)
    assert listed.expired and listed.active and listed.used_at == TODAY.isoformat()


def test_a_token_cannot_end_before_it_begins(desk: own.Desk) -> None:
    with pytest.raises(UsageError, match="已经过去"):
        tokens.create(desk.office, desk.admin, "x", desk.applicant.id, ["status"], TODAY - dt.timedelta(days=1))
    assert tokens.list_tokens(desk.office, desk.admin) == ()


def test_the_command_gives_a_token_an_end_and_lists_it(desk: own.Desk) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["token", *words, "--as", "root", "--data", str(desk.office.folder)])
        assert result.exit_code == 0, result.output
        return result.output

    run("add", "办公系统", "--for", "apply", "--scope", "status", "--until", "2099-12-31")
    run("add", "旧系统", "--for", "apply", "--scope", "laws")
    listed = run("list").splitlines()
    assert "在用（至 2099-12-31）　没有用过" in listed[0] and "在用　没有用过" in listed[1]


def test_only_the_administrator_changes_templates_and_it_is_logged(desk: own.Desk) -> None:
    good, sample = own_template("{{ unit }}"), papers.sample_values("opinion")
    for person in (desk.applicant, desk.handler, desk.approver):
        for work in (
            lambda p=person: templates.change(desk.office, p, "opinion", good, sample),
            lambda p=person: templates.reset(desk.office, p, "opinion"),
            lambda p=person: paper_samples.template(desk.office, p, "opinion"),
            lambda p=person: paper_samples.sample(desk.office, p, "opinion"),
        ):
            with pytest.raises(ForbiddenError):
                work()
    with pytest.raises(UsageError):
        templates.change(desk.office, desk.admin, "opinion", own_template("{{ nummer }}"), sample)
    assert not templates.is_own(desk.office, "opinion")
    templates.change(desk.office, desk.admin, "opinion", good, sample)
    assert paper_samples.template(desk.office, desk.admin, "opinion") == ("审查意见书模板.docx", good)
    assert lines(paper_samples.sample(desk.office, desk.admin, "opinion")[1]) == ["意见书", "某某局"]
    templates.reset(desk.office, desk.admin, "opinion")
    assert not templates.is_own(desk.office, "opinion")
    with desk.office.store.reading() as db:
        logged = [(e.actor, e.action, e.target) for e in audit.entries(db, words="文书模板")]
    assert logged == [("root", "恢复文书模板", "审查意见书"), ("root", "更换文书模板", "审查意见书")]


@pytest.mark.parametrize("kind", ["", "../office", "invoice"])
def test_a_paper_that_does_not_exist_has_no_template(desk: own.Desk, kind: str) -> None:
    for work in (paper_samples.template, paper_samples.sample):
        with pytest.raises(UsageError, match="没有"):
            work(desk.office, desk.admin, kind)
    with pytest.raises(UsageError, match="没有"):
        templates.reset(desk.office, desk.admin, kind)


def test_issued_opinions_and_own_templates_come_back_from_a_backup(desk: own.Desk, tmp_path: Path) -> None:
    sample = papers.sample_values("dossier")
    templates.change(desk.office, desk.admin, "dossier", own_template("{{ title }}"), sample)
    paper = papers.issue(desk.office, desk.approver, signed(desk).id, DAY)
    before = papers.content(desk.office, desk.handler, paper.id)
    backup.restore(backup.back_up(desk.office, tmp_path / "backups").path, tmp_path / "restored")
    restored = open_office(tmp_path / "restored")
    assert papers.content(restored, desk.handler, paper.id) == before
    assert templates.is_own(restored, "dossier")
