"""States and moves as one table: which move leads from where to where, what it needs, which step it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office.records import Matter, Procedure, State

STEPS = (
    "送审", "受理登记", "补正", "分办", "审查", "征求意见", "专家论证", "反馈修改", "修改复核", "出具意见", "审核签发",
    "归档报备",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateInfo:
    """How a state is called, which of the twelve steps it is in, and whether the clock stands in it."""

    name: str
    step: str
    stops_clock: bool = False
    closed: bool = False


STATES: Mapping[State, StateInfo] = {
    State.DRAFT: StateInfo("草稿", "送审"),
    State.SUBMITTED: StateInfo("待受理", "受理登记"),
    State.SUPPLEMENTING: StateInfo("补正中", "补正", stops_clock=True),
    State.ACCEPTED: StateInfo("已受理", "分办"),
    State.ASSIGNED: StateInfo("已分办", "分办"),
    State.REVIEWING: StateInfo("审查中", "审查"),
    State.CONSULTING: StateInfo("征求意见中", "征求意见"),
    State.EXPERT: StateInfo("论证中", "专家论证", stops_clock=True),
    State.DISCUSSING: StateInfo("集体讨论中", "审查"),
    State.PAUSED: StateInfo("已暂停", "审查", stops_clock=True),
    State.REVISING: StateInfo("修改中", "反馈修改"),
    State.RECHECKING: StateInfo("复核中", "修改复核"),
    State.AWAITING: StateInfo("待审签", "审核签发"),
    State.ISSUED: StateInfo("已签发", "归档报备"),
    State.FILED: StateInfo("已报备", "归档报备"),
    State.ARCHIVED: StateInfo("已归档", "归档报备", closed=True),
    State.REFUSED: StateInfo("不予受理", "受理登记", closed=True),
    State.RETURNED: StateInfo("已退回", "送审"),
    State.WITHDRAWN: StateInfo("已撤回", "送审", closed=True),
    State.TERMINATED: StateInfo("已终止", "审查", closed=True),
}


class Need(StrEnum):
    """What the person must give with a move."""

    REASON = "reason"
    HANDLER = "handler"
    CONCLUSION = "conclusion"
    CHECKS = "checks"  # 程序 and 实体, each confirmed item by item
    MATERIALS = "materials"  # every required material is there or declared missing with a reason
    NEW_FILE = "new_file"  # a file newer than the last request


@dataclass(frozen=True, slots=True)
class Move:
    """`target` None: back to where the matter came from."""

    key: str
    name: str
    sources: frozenset[State]
    target: State | None
    needs: frozenset[Need] = frozenset()
    step: str = ""  # offered only where the line has this step
    procedures: frozenset[Procedure] = frozenset(Procedure)
    lines: str = "all"  # all | filing | not_filing: lines whose papers are filed with the authority above
    says: str = ""  # what it does, for the button's help

    @property
    def forward(self) -> bool:
        """Is it the way on, rather than a way aside or out?"""
        return self.key in _FORWARD


_S = State
_FORWARD = frozenset({
    "submit", "accept", "accept_simple", "supplement", "assign", "begin", "consulted", "expert_done", "discussed",
    "resume", "revised", "conclude", "sign", "file", "archive", "archive_filed",
})  # fmt: skip
_ACTIVE = frozenset({_S.ACCEPTED, _S.ASSIGNED, _S.REVIEWING, _S.CONSULTING, _S.DISCUSSING, _S.REVISING, _S.RECHECKING})
_THOROUGH = frozenset({Procedure.ORDINARY, Procedure.URGENT})
_SHORT = frozenset({Procedure.SIMPLIFIED})


def _of(*states: State) -> frozenset[State]:
    return frozenset(states)


def _needs(*needs: Need) -> frozenset[Need]:
    return frozenset(needs)


_ALL_MOVES = (
    Move("submit", "提交送审", _of(_S.DRAFT, _S.RETURNED), _S.SUBMITTED, _needs(Need.MATERIALS), "送审",
         says="材料齐备后提交，等待受理"),
    Move("accept", "受理", _of(_S.SUBMITTED), _S.ACCEPTED, step="受理登记", procedures=_THOROUGH,
         says="生成受理号，审查期限从次日起算"),
    Move("accept_simple", "受理并承办", _of(_S.SUBMITTED), _S.REVIEWING, step="受理登记", procedures=_SHORT,
         says="简易程序：受理后由本人直接审查，不再分办"),
    Move("refuse", "不予受理", _of(_S.SUBMITTED), _S.REFUSED, _needs(Need.REASON), "受理登记",
         says="不属于审查范围，说明理由后办结"),
    Move("ask_supplement", "要求补正", _of(_S.SUBMITTED, _S.ACCEPTED, _S.ASSIGNED, _S.REVIEWING), _S.SUPPLEMENTING,
         _needs(Need.REASON), "补正", says="一次性告知全部缺项；补正期间停止计时"),
    Move("supplement", "提交补正材料", _of(_S.SUPPLEMENTING), None, _needs(Need.NEW_FILE), "补正",
         says="补正完成，恢复计时"),
    Move("return", "退回", _of(_S.SUBMITTED, _S.SUPPLEMENTING), _S.RETURNED, _needs(Need.REASON),
         says="退回送审单位；修改后可以重新送审"),
    Move("withdraw", "撤回", _of(_S.SUBMITTED, _S.SUPPLEMENTING, _S.RETURNED, _S.EXPERT, _S.PAUSED, *_ACTIVE),
         _S.WITHDRAWN, _needs(Need.REASON), says="送审单位撤回送审，办结"),
    Move("assign", "分办", _of(_S.ACCEPTED), _S.ASSIGNED, _needs(Need.HANDLER), "分办", says="指定承办人"),
    Move("begin", "开始审查", _of(_S.ASSIGNED), _S.REVIEWING, step="审查", says="承办人开始审查"),
    Move("consult", "征求意见", _of(_S.REVIEWING), _S.CONSULTING, _needs(Need.REASON), "征求意见", _THOROUGH,
         says="向有关部门征求意见，继续计时"),
    Move("consulted", "意见已收齐", _of(_S.CONSULTING), _S.REVIEWING, step="征求意见", says="回到审查"),
    Move("expert", "送专家论证", _of(_S.REVIEWING), _S.EXPERT, _needs(Need.REASON), "专家论证", _THOROUGH,
         says="组织专家或法律顾问论证，停止计时并书面告知"),
    Move("expert_done", "论证结束", _of(_S.EXPERT), None, step="专家论证", says="恢复计时，回到审查"),
    Move("discuss", "提请集体讨论", _of(_S.REVIEWING, _S.RECHECKING), _S.DISCUSSING, _needs(Need.REASON),
         procedures=_THOROUGH, says="疑难复杂事项由集体讨论决定"),
    Move("discussed", "记录讨论结论", _of(_S.DISCUSSING), _S.REVIEWING, _needs(Need.REASON), procedures=_THOROUGH,
         says="记录集体讨论的结论，回到审查"),
    Move("pause", "暂停", _of(_S.REVIEWING, _S.CONSULTING, _S.DISCUSSING, _S.RECHECKING), _S.PAUSED,
         _needs(Need.REASON), says="有法定或客观原因不能继续时停止计时"),
    Move("resume", "恢复办理", _of(_S.PAUSED), None, says="恢复计时"),
    Move("feedback", "反馈修改", _of(_S.REVIEWING, _S.RECHECKING), _S.REVISING, _needs(Need.REASON), "反馈修改",
         says="把审查意见反馈送审单位修改"),
    Move("revised", "提交修改稿", _of(_S.REVISING), _S.RECHECKING, _needs(Need.NEW_FILE), "修改复核",
         says="上传修改稿并说明采纳情况"),
    Move("conclude", "出具意见", _of(_S.REVIEWING, _S.RECHECKING), _S.AWAITING, _needs(Need.CONCLUSION, Need.CHECKS),
         "出具意见", says="选定结论，逐项确认程序和实体，送审签"),
    Move("send_back", "退回承办人", _of(_S.AWAITING), _S.REVIEWING, _needs(Need.REASON), "审核签发",
         says="意见需要修改，退回承办人"),
    Move("sign", "签发", _of(_S.AWAITING), _S.ISSUED, _needs(Need.CHECKS), "审核签发",
         says="另一人再次核对程序和实体后签发"),
    Move("file", "报备", _of(_S.ISSUED), _S.FILED, step="归档报备", lines="filing", says="登记已向上级机关报送备案"),
    Move("archive", "归档", _of(_S.ISSUED), _S.ARCHIVED, step="归档报备", lines="not_filing", says="整理案卷，办结"),
    Move("archive_filed", "归档", _of(_S.FILED), _S.ARCHIVED, step="归档报备", lines="filing", says="整理案卷，办结"),
    Move("terminate", "终止", _of(_S.SUPPLEMENTING, _S.EXPERT, _S.PAUSED, _S.AWAITING, *_ACTIVE), _S.TERMINATED,
         _needs(Need.REASON), says="事项不再需要审查，终止办理"),
)  # fmt: skip
MOVES: Mapping[str, Move] = {m.key: m for m in _ALL_MOVES}


@dataclass(frozen=True, slots=True)
class Route:
    """What of the table a line uses."""

    line: Line
    steps: tuple[str, ...]
    filing: bool = False


def move_named(key: str) -> Move:
    """A move by key; UsageError with the known keys."""
    if key not in MOVES:
        raise UsageError(f"没有“{key}”这个办理动作，可用：{'、'.join(MOVES)}")
    return MOVES[key]


def moves_from(matter: Matter, route: Route) -> tuple[Move, ...]:
    """The moves that the table allows now, whoever asks."""
    return tuple(m for m in MOVES.values() if not why_not(m, matter, route))


def why_not(move: Move, matter: Matter, route: Route) -> str:
    """Why a move is not possible now; empty when it is."""
    if matter.state not in move.sources:
        return f"“{STATES[matter.state].name}”的事项不能办理“{move.name}”"
    if matter.procedure not in move.procedures:
        return f"本事项适用的程序没有“{move.name}”这一步"
    if move.step and move.step not in route.steps:
        return f"本条线没有“{move.step}”这一步"
    if move.lines != "all" and (move.lines == "filing") != route.filing:
        return "本条线的文件" + ("须先报备再归档" if route.filing else "不需要报备")
    return ""


def target_of(move: Move, matter: Matter) -> State:
    """Where a move leads; the way back for moves that return."""
    if move.target is not None:
        return move.target
    return matter.back_to or State.REVIEWING


def remembers(move: Move, matter: Matter) -> State | None:
    """The state to come back to, kept while the matter is in a side state."""
    if move.target in (State.SUPPLEMENTING, State.EXPERT, State.PAUSED):
        return matter.state
    return None
