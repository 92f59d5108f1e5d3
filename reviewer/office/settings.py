"""office.toml in the data folder → Settings: the one small configuration file; unknown keys are errors."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from reviewer.errors import UsageError

FILE = "office.toml"


@dataclass(frozen=True, slots=True)
class Mail:
    host: str = ""
    port: int = 25
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    encryption: str = "none"  # none | starttls | tls
    moves: bool = True  # tell people of ordinary steps too, not of deadlines only


@dataclass(frozen=True, slots=True)
class Webhook:
    kind: str = ""  # wecom 企业微信 | dingtalk 钉钉 | feishu 飞书
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    name: str = "合法性审查"  # of the office, on every page and paper
    address: str = ""  # how people reach it: https://review.example.gov.cn; for links in mails and cookies
    upload_megabytes: int = 50
    session_hours: float = 12.0
    idle_minutes: float = 120.0
    failures_allowed: int = 5
    lock_minutes: float = 15.0
    near_days: int = 2
    trusted_proxy: bool = False  # believe X-Forwarded-For of a reverse proxy on this machine
    batch_folder: str = ""  # below it are the folders that an administrator may have scored as a whole
    batch_megabytes: int = 2000  # of all files of one upload
    batch_workers: int = 0  # processes of a batch job; 0: half of the processors
    mail: Mail = Mail()
    webhook: Webhook = Webhook()


def read_settings(folder: Path) -> Settings:
    """The settings of a data folder; the defaults when there is no file."""
    path = folder / FILE
    if not path.is_file():
        return Settings()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}：不是合法的 TOML（{error}），请检查引号和等号") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}：不是 UTF-8 编码，请另存为 UTF-8") from None
    mail, webhook = raw.pop("mail", {}), raw.pop("webhook", {})
    settings = _record(Settings, raw, path, "")
    made_mail, made_hook = _record(Mail, mail, path, "mail："), _record(Webhook, webhook, path, "webhook：")
    if made_mail.encryption not in ("none", "starttls", "tls"):
        raise UsageError(f"{path}：mail：encryption 可用：none、starttls、tls")
    if made_hook.kind not in ("", "wecom", "dingtalk", "feishu"):
        raise UsageError(f"{path}：webhook：kind 可用：wecom、dingtalk、feishu")
    values = {f.name: getattr(settings, f.name) for f in fields(Settings)} | {"mail": made_mail, "webhook": made_hook}
    return Settings(**values)


def _record(kind: Any, raw: Any, path: Path, place: str) -> Any:
    known = {f.name: f for f in fields(kind) if f.name not in ("mail", "webhook")}
    if not isinstance(raw, dict):
        raise UsageError(f"{path}：{place}应当是一节（[名称] 开头）")
    if unknown := [k for k in raw if k not in known]:
        raise UsageError(f"{path}：{place}不认识的键 {'、'.join(unknown)}，可用：{'、'.join(known)}")
    for key, value in raw.items():
        wanted = type(getattr(kind(), key))
        if not (isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))) and not (
            wanted is float and isinstance(value, int)
        ):
            raise UsageError(f"{path}：{place}{key} 的值 {value!r} 类型不对，应为 {wanted.__name__}")
    return kind(**raw)
