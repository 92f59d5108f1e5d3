"""Who may do what: one table of actions and roles. Pages, moves, files and administration all ask here."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.office.records import ROLE_NAMES, ForbiddenError, Matter, Role, State, User

_A, _H, _S, _M = Role.APPLICANT, Role.HANDLER, Role.APPROVER, Role.ADMINISTRATOR
_EVERYONE = frozenset(Role)
_STAFF = frozenset({_H, _S})
_WORKERS = frozenset({_A, _H, _S})

ACTIONS: Mapping[str, frozenset[Role]] = {
    # pages
    "page:desk": _EVERYONE,
    "page:submit": frozenset({_A, _H}),
    "page:matters": _WORKERS,
    "page:deadlines": _WORKERS,
    "page:review": _WORKERS,
    "page:opinion": _STAFF,
    "page:handbook": _EVERYONE,
    "page:laws": _EVERYONE,
    "page:statistics": _STAFF,
    "page:administration": frozenset({_M}),
    "page:batch": frozenset({_H, _S, _M}),
    # matters: an applicant's rights end at the own unit (see may_see)
    "create": frozenset({_A, _H}),
    "view": _WORKERS,
    "download": _WORKERS,
    "upload": frozenset({_A, _H}),
    "review": frozenset({_A, _H}),
    "set_procedure": _STAFF,
    "set_stage": frozenset({_A, _H}),
    "reassign": frozenset({_S}),
    "supervise": _STAFF,
    # comments and papers of a matter
    "comment": _STAFF,
    "dispose": frozenset({_H}),
    "reply": _WORKERS,
    "answer": frozenset({_A}),
    "draft_opinion": frozenset({_H}),
    "issue_opinion": frozenset({_S}),
    # moves
    "move:submit": frozenset({_A, _H}),
    "move:accept": _STAFF,
    "move:accept_simple": frozenset({_H}),
    "move:refuse": _STAFF,
    "move:ask_supplement": frozenset({_H}),
    "move:supplement": frozenset({_A, _H}),
    "move:return": _STAFF,
    "move:withdraw": frozenset({_A}),
    "move:assign": frozenset({_S}),
    "move:begin": frozenset({_H}),
    "move:consult": frozenset({_H}),
    "move:consulted": frozenset({_H}),
    "move:expert": frozenset({_H}),
    "move:expert_done": frozenset({_H}),
    "move:discuss": _STAFF,
    "move:discussed": _STAFF,
    "move:pause": _STAFF,
    "move:resume": _STAFF,
    "move:feedback": frozenset({_H}),
    "move:revised": frozenset({_A}),
    "move:conclude": frozenset({_H}),
    "move:send_back": frozenset({_S}),
    "move:sign": frozenset({_S}),
    "move:file": _STAFF,
    "move:archive": _STAFF,
    "move:archive_filed": _STAFF,
    "move:terminate": frozenset({_S}),
    # batch jobs: everyone with the page sees the list, starts jobs and ends the own ones
    "batch:start": frozenset({_H, _S, _M}),
    "batch:folder": frozenset({_M}),  # a folder of the server instead of an upload
    "batch:read": _STAFF,  # results of jobs of others
    "batch:stop": frozenset({_S, _M}),  # jobs of others
    # administration
    "manage:users": frozenset({_M}),
    "manage:units": frozenset({_M}),
    "manage:calendar": frozenset({_M}),
    "manage:backup": frozenset({_M}),
    "manage:log": frozenset({_M}),
    "manage:interface": frozenset({_M}),
    "manage:templates": frozenset({_M}),
    "manage:rules": frozenset({_M}),
}

_HANDLERS_OWN = frozenset({
    "move:begin", "move:consult", "move:consulted", "move:expert", "move:expert_done", "move:feedback",
    "move:conclude", "dispose", "draft_opinion",
})  # fmt: skip


def may(user: User, action: str) -> bool:
    """Do the person's roles allow the action at all? An unknown action is a KeyError: the table must name it."""
    return user.active and not user.must_change and user.has(*ACTIONS[action])


def is_staff(user: User) -> bool:
    return user.has(_H, _S)


def may_see(user: User, matter: Matter) -> bool:
    """Officers see every matter that was submitted; an applicant sees those of the own unit only."""
    if not may(user, "view"):
        return False
    if user.has(_A) and user.unit_id is not None and user.unit_id == matter.unit_id:
        return True
    return is_staff(user) and (matter.state != State.DRAFT or matter.applicant_id == user.id)


def may_on(user: User, action: str, matter: Matter) -> bool:
    return not why_not(user, action, matter)


def why_not(user: User, action: str, matter: Matter) -> str:
    """Why the person may not do it to this matter; empty when allowed."""
    if not may(user, action):
        allowed = "、".join(ROLE_NAMES[r] for r in Role if r in ACTIONS[action])
        return f"您没有办理这一步的权限（需要：{allowed}）"
    if not may_see(user, matter):
        return "没有这件事项，或者它不属于您的单位"
    if action in _HANDLERS_OWN and matter.handler_id not in (None, user.id):
        return f"本事项的承办人是{matter.handler}，请由承办人办理或先改派"
    if action == "move:sign" and matter.handler_id == user.id:
        return "承办人不能签发自己承办的事项，请由另一位签发人复核签发"
    if action in ("move:submit", "move:supplement") and not user.has(_A) and matter.applicant_id != user.id:
        return "这件事项由送审单位提交；承办人只能提交自己代为登记的事项"
    return ""


def require(user: User, action: str) -> None:
    """Raises ForbiddenError unless the roles allow the action."""
    if not may(user, action):
        allowed = "、".join(ROLE_NAMES[r] for r in Role if r in ACTIONS[action])
        raise ForbiddenError(f"您没有这项权限（需要：{allowed}）。如确需办理，请联系管理员调整角色")


def require_on(user: User, action: str, matter: Matter) -> None:
    """Raises ForbiddenError unless the person may do it to this matter."""
    if reason := why_not(user, action, matter):
        raise ForbiddenError(reason)
