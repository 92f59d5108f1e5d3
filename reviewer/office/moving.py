"""Moving a matter on: moves, procedure, officer, stage; each one transaction with its history and log entry.

Who may is asked of `roles`, what is possible of `workflow`, until when of `deadlines`; all meet here.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace

from reviewer.errors import UsageError
from reviewer.office import audit, deadlines, deliveries, roles, rows, telling, workflow
from reviewer.office.desk import Office
from reviewer.office.matters import cleaned, declared_missing, missing_materials
from reviewer.office.records import PROCEDURE_NAMES, ConflictError, Due, Matter, Procedure, Role, State, Stop, User
from reviewer.office.store import Reading, Writing, now
from reviewer.office.workflow import STATES, Move, Need

NOTE_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class MoveForm:
    """What the person gives with a move. `checks` are the sentences of the line's double check that were confirmed."""

    note: str = ""
    handler_id: int | None = None
    conclusion: str = ""
    checks: frozenset[str] = frozenset()


def move(
    office: Office, actor: User, matter_id: int, key: str, version: int, form: MoveForm = MoveForm(), *,
    on: dt.date | None = None,
) -> Matter:  # fmt: skip
    """Make a move that was decided on looking at `version`; ConflictError when somebody was faster."""
    chosen, day = workflow.move_named(key), on or dt.date.today()
    note = cleaned(form.note, NOTE_LENGTH, "说明")
    calendar = office.calendar(day)
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, f"move:{key}", matter)
        _same_version(db, matter, version)
        if reason := workflow.why_not(chosen, matter, office.lines[matter.line].route):
            raise UsageError(f"{reason}。请刷新页面查看现在可以办理的步骤")
        _possible_day(db, matter, day)
        details = _needs(office, db, chosen, matter, replace(form, note=note), day)
        changes = _changes(office, db, actor, chosen, matter, form, day)
        db.update("matters", matter_id, {**changes, "version": version + 1, "updated_at": now(),
                                         "updated_by": actor.name})  # fmt: skip
        moved = rows.get_matter(db, matter_id)
        _clock(db, matter, moved, day, note or chosen.name)
        db.insert("history", {
            "matter_id": matter_id, "at": now(), "on_day": day.isoformat(), "user_id": actor.id, "user": actor.name,
            "move": key, "name": chosen.name, "source": matter.state.value, "target": moved.state.value, "note": note,
            "details": details,
        })  # fmt: skip
        profile = office.lines[moved.line].profiles[moved.procedure]
        _set_due(db, matter_id, deadlines.due(moved, profile, rows.stops(db, matter_id), calendar))
        audit.record(db, actor.account, chosen.name, moved.display_number, before=matter.state.value,
                     after=moved.state.value, version=version + 1)  # fmt: skip
        done = rows.get_matter(db, matter_id)
        deliveries.queue(db, matter, done, key)
        telling.moved(office, db, actor, done, key)
        return done


def _same_version(db: Reading, matter: Matter, version: int) -> None:
    if matter.version == version:
        return
    when = matter.updated_at[11:16]
    raise ConflictError(
        f"{matter.updated_by} 已在 {when} 先办理了这件事项（现在是“{STATES[matter.state].name}”），"
        "您的操作没有保存。请查看最新情况后再办理"
    )


def _possible_day(db: Reading, matter: Matter, day: dt.date) -> None:
    last = db.value("SELECT max(on_day) FROM history WHERE matter_id = ?", [matter.id])
    if last and day.isoformat() < last:
        raise UsageError(f"办理日期 {day} 早于上一步的日期 {last}，请更正")


def _needs(office: Office, db: Reading, chosen: Move, matter: Matter, form: MoveForm, day: dt.date) -> str:
    """Raise UsageError for what is missing; otherwise what the history keeps of it."""
    line = office.lines[matter.line]
    if Need.REASON in chosen.needs and not form.note:
        raise UsageError(f"办理“{chosen.name}”要写明理由或内容")
    if Need.HANDLER in chosen.needs and form.handler_id is None:
        raise UsageError("请选择承办人")
    if Need.MATERIALS in chosen.needs:
        missing = missing_materials(line, rows.files(db, matter.id), declared_missing(db, matter.id))
        if missing:
            raise UsageError(f"材料不齐，不能送审。缺少：{'、'.join(m.name for m in missing)}。请上传，或填写暂缺说明")
    if Need.NEW_FILE in chosen.needs:
        _new_file(db, matter, chosen)
    if chosen.key == "conclude":
        _may_conclude(office, db, matter, form, day)
    if Need.CHECKS in chosen.needs:
        wanted = (*line.procedure_checks, *line.substance_checks)
        if left := [c for c in wanted if c not in form.checks]:
            raise UsageError(f"程序和实体须逐项核对，还没有确认：{'；'.join(left)}")
        return json.dumps({"程序": line.procedure_checks, "实体": line.substance_checks}, ensure_ascii=False)
    return ""


def _new_file(db: Reading, matter: Matter, chosen: Move) -> None:
    asked = db.value("SELECT max(at) FROM history WHERE matter_id = ?", [matter.id])
    if not db.value("SELECT 1 FROM files WHERE matter_id = ? AND uploaded_at > ?", [matter.id, asked or ""]):
        raise UsageError(f"办理“{chosen.name}”前请先上传新的文件")


def _may_conclude(office: Office, db: Reading, matter: Matter, form: MoveForm, day: dt.date) -> None:
    line = office.lines[matter.line]
    if form.conclusion not in line.conclusions:
        raise UsageError(f"请选择审查结论，可用：{'、'.join(line.conclusions)}")
    if matter.hard and not db.value("SELECT 1 FROM history WHERE matter_id = ? AND move = 'discussed'", [matter.id]):
        raise UsageError("疑难复杂事项须先提请集体讨论并记录结论，再出具意见")
    least = line.profiles[matter.procedure].review_at_least
    if least and matter.accepted_on and not form.note:
        ran = deadlines.used(matter.accepted_on, day, rows.stops(db, matter.id), office.calendar(day))
        if ran < least:
            raise UsageError(f"合法性审查时间不少于{least}个工作日，至今只有{ran}个工作日。确需提前的，请写明理由")


def _changes(
    office: Office, db: Writing, actor: User, chosen: Move, matter: Matter, form: MoveForm, day: dt.date
) -> dict[str, object]:
    """The columns that a move sets."""
    target = workflow.target_of(chosen, matter)
    changes: dict[str, object] = {"state": target.value, "entered_on": day.isoformat()}
    back = workflow.remembers(chosen, matter)
    changes["back_to"] = back.value if back else None
    if chosen.key == "submit":
        changes["submitted_on"] = day.isoformat()
    if chosen.key in ("accept", "accept_simple"):
        changes |= {"accepted_on": day.isoformat(), "number": matter.number or _number(office, db, matter, day)}
    if chosen.key == "accept_simple":
        changes["handler_id"] = actor.id
    if chosen.key == "assign":
        changes["handler_id"] = _active_handler(db, form.handler_id)
    if chosen.key == "conclude":
        changes["conclusion"] = form.conclusion
    if chosen.key == "sign":
        changes |= {"issued_on": day.isoformat(), "approver_id": actor.id}
    if STATES[target].closed:
        changes["closed_on"] = day.isoformat()
    return changes


def _number(office: Office, db: Writing, matter: Matter, day: dt.date) -> str:
    """The next 受理号 of line and year, without gaps: the counter moves in the same transaction."""
    name = f"HS-{office.lines[matter.line].code}-{day.year}"
    db.run("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", [name])
    return f"{name}-{db.value('SELECT value FROM counters WHERE name = ?', [name]):04d}"


def _active_handler(db: Reading, user_id: int | None) -> int:
    row = db.one("SELECT id, roles, active FROM users WHERE id = ?", [user_id])
    if row is None or not row["active"] or Role.HANDLER not in json.loads(row["roles"]):
        raise UsageError("选定的人员不是在岗的承办人，请重新选择")
    return int(row["id"])


def _clock(db: Writing, before: Matter, after: Matter, day: dt.date, reason: str) -> None:
    """Stop or restart the clock as the state says."""
    stood, stands = STATES[before.state].stops_clock, STATES[after.state].stops_clock
    if stands and not stood:
        db.insert("stops", {"matter_id": after.id, "stopped": day.isoformat(), "reason": reason})
    if stood and not stands:
        db.run("UPDATE stops SET resumed = ? WHERE matter_id = ? AND resumed IS NULL", [day.isoformat(), after.id])


def _set_due(db: Writing, matter_id: int, due: Due) -> None:
    db.update("matters", matter_id, {
        "due_on": due.on.isoformat() if due.on else None, "due_what": due.what, "due_party": due.party,
        "due_stopped": int(due.stopped), "due_provisional": int(due.provisional),
    })  # fmt: skip


def set_procedure(
    office: Office, actor: User, matter_id: int, version: int, procedure: Procedure, reason: str, *,
    hard: bool | None = None, on: dt.date | None = None,
) -> Matter:  # fmt: skip
    """Take the ordinary, the short or the urgent way from here; the deadline is counted anew."""
    reason = cleaned(reason, NOTE_LENGTH, "理由")
    if not reason:
        raise UsageError("调整程序要写明理由")
    day = on or dt.date.today()
    calendar = office.calendar(day)
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "set_procedure", matter)
        _same_version(db, matter, version)
        info = STATES[matter.state]
        if info.closed or matter.state in (State.AWAITING, State.ISSUED, State.FILED, State.CONSULTING, State.EXPERT):
            raise UsageError(f"“{info.name}”的事项不能调整程序")
        is_hard = matter.hard if hard is None else hard
        if is_hard and procedure == Procedure.SIMPLIFIED:
            raise UsageError("疑难复杂事项不能适用简易程序")
        db.update("matters", matter_id, {"procedure": procedure.value, "hard": int(is_hard), "version": version + 1,
                                         "updated_at": now(), "updated_by": actor.name})  # fmt: skip
        _note(db, actor, matter, day, "set_procedure", f"适用{PROCEDURE_NAMES[procedure]}", reason)
        changed = rows.get_matter(db, matter_id)
        profile = office.lines[changed.line].profiles[procedure]
        _set_due(db, matter_id, deadlines.due(changed, profile, rows.stops(db, matter_id), calendar))
        audit.record(db, actor.account, "调整程序", changed.display_number, procedure=procedure.value, hard=is_hard)
        return rows.get_matter(db, matter_id)


def reassign(office: Office, actor: User, matter_id: int, version: int, handler_id: int, reason: str) -> Matter:
    """Give a matter under way to another officer."""
    reason = cleaned(reason, NOTE_LENGTH, "理由")
    if not reason:
        raise UsageError("改派要写明理由")
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "reassign", matter)
        _same_version(db, matter, version)
        if matter.handler_id is None or STATES[matter.state].closed:
            raise UsageError("事项还没有分办或已经办结，不能改派")
        handler = _active_handler(db, handler_id)
        db.update("matters", matter_id, {"handler_id": handler, "version": version + 1, "updated_at": now(),
                                         "updated_by": actor.name})  # fmt: skip
        changed = rows.get_matter(db, matter_id)
        _note(db, actor, matter, dt.date.today(), "reassign", f"改派给{changed.handler}", reason)
        audit.record(db, actor.account, "改派", changed.display_number, handler=changed.handler)
        return changed


def set_stage(office: Office, actor: User, matter_id: int, version: int, stage: str, note: str = "") -> Matter:
    """Where a contract is in its life, 立项 … 归档; goes on after the review is closed."""
    note = cleaned(note, NOTE_LENGTH, "说明")
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "set_stage", matter)
        _same_version(db, matter, version)
        names = [s.name for s in office.lines[matter.line].stages]
        if stage not in names:
            raise UsageError(f"没有“{stage}”这个阶段，可用：{'、'.join(names) or '（本条线不分阶段）'}")
        if (stage == "签订" and matter.state in (State.DRAFT, State.SUBMITTED)) or (
            names.index(stage) > names.index("审查") and matter.issued_on is None
        ):
            raise UsageError("合同未经审查签发，不能进入签订及以后的阶段")
        db.update("matters", matter_id, {"stage": stage, "version": version + 1, "updated_at": now(),
                                         "updated_by": actor.name})  # fmt: skip
        db.insert("stages", {"matter_id": matter_id, "stage": stage, "on_day": dt.date.today().isoformat(),
                             "user": actor.name, "note": note})  # fmt: skip
        audit.record(db, actor.account, "合同阶段", matter.display_number, stage=stage)
        return rows.get_matter(db, matter_id)


def _note(db: Writing, actor: User, matter: Matter, day: dt.date, key: str, name: str, note: str) -> None:
    """A history entry that leaves the state as it is."""
    db.insert("history", {
        "matter_id": matter.id, "at": now(), "on_day": day.isoformat(), "user_id": actor.id, "user": actor.name,
        "move": key, "name": name, "source": matter.state.value, "target": matter.state.value, "note": note,
        "details": "",
    })  # fmt: skip


def recount(office: Office, today: dt.date) -> int:
    """Count the deadlines of all open matters anew, after the calendar changed; how many moved."""
    calendar, moved = office.calendar(today), 0
    open_states = [s.value for s, info in STATES.items() if not info.closed]
    marks = ", ".join("?" * len(open_states))
    with office.store.writing() as db:
        stops: dict[int, list[Stop]] = {}
        for r in db.rows("SELECT * FROM stops ORDER BY id"):
            stop = Stop(dt.date.fromisoformat(r["stopped"]), rows.day(r["resumed"]), r["reason"])
            stops.setdefault(r["matter_id"], []).append(stop)
        for row in db.rows(f"{rows.MATTER} WHERE m.state IN ({marks})", open_states):
            matter = rows.matter(row)
            profile = office.lines[matter.line].profiles[matter.procedure]
            due = deadlines.due(matter, profile, tuple(stops.get(matter.id, ())), calendar)
            if due != matter.due:
                moved += 1
                _set_due(db, matter.id, due)
    return moved
