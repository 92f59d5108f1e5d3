"""`serve`: one process with Streamlit's pages, the plain HTTP routes and a worker over one data folder."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from reviewer.batch_jobs import runner
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import accounts, deliveries, demo, moving, notices, reviewing
from reviewer.office.desk import Office, open_office
from reviewer.office.journal import NAME, open_journal
from reviewer.places import UI

if TYPE_CHECKING:
    from streamlit import App

DATA_VARIABLE = "REVIEWER_DATA"  # tells the pages, which Streamlit runs as scripts, where the data folder is
REMIND_SECONDS = 1800.0
ROUND_SECONDS = 5.0
DELIVERY_SECONDS = 2.0
_THEME = {
    "theme.base": "light", "theme.primaryColor": "#1f5f99", "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#f0f4f8", "theme.textColor": "#1d2a3a", "theme.baseRadius": "small",
    "theme.font": "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif",
}  # fmt: skip


def serve(host: str, port: int, data: Path, *, with_demo: bool = False, say: Callable[[str], None] = print) -> None:
    """Run until SIGINT or SIGTERM; work under way is finished first."""
    import uvicorn

    office = open_office(data)
    lock = _only_server(data)
    listening = _listen(host, port)
    try:
        journal = open_journal(data)
        _prepare(office, with_demo)
        setup_code = secrets.token_urlsafe(6)
        app = application(office, setup_code)
        _announce(office, f"http://{_shown(host)}:{listening.getsockname()[1]}", setup_code, say)
        journal.info("start", extra={"port": listening.getsockname()[1]})
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5,
            ws="websockets-sansio", ws_max_size=32 << 20, ws_ping_interval=30, ws_ping_timeout=30,
        )  # fmt: skip
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # what it says at the start is English
        threading.excepthook = _log_thread_error
        for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again when it is done with stopping
            signal.signal(number, lambda *_: None)
        uvicorn.Server(config).run(sockets=[listening])
        journal.info("stop")
        say("服务已停止")
    finally:
        listening.close()
        lock.close()


def application(office: Office, setup_code: str) -> App:
    """The ASGI application: guard → routes → Streamlit."""
    os.environ[DATA_VARIABLE] = str(office.folder.resolve())
    from starlette.middleware import Middleware
    from streamlit import App
    from streamlit.web import bootstrap

    from reviewer.api import routes
    from reviewer.api.guard import Guard

    bootstrap.load_config_options({
        "server.headless": True, "server.fileWatcherType": "none", "server.runOnSave": False,
        "server.maxUploadSize": office.settings.upload_megabytes, "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal", "client.showErrorDetails": "none", "global.developmentMode": False,
        "server.enableStaticServing": False,
        "runner.postScriptGC": False,  # a full collection took longer than the click itself
        **_THEME,
    })  # fmt: skip

    @asynccontextmanager
    async def lifespan(_: App) -> AsyncIterator[None]:
        stop = threading.Event()
        beside = [threading.Thread(target=work, args=(office, stop), name=work.__name__, daemon=True)
                  for work in (_work, _deliver, runner.work)]  # fmt: skip
        for worker in beside:
            worker.start()
        try:
            yield
        finally:
            stop.set()
            for worker in beside:
                worker.join(10)

    return App(
        UI / "app.py", routes=routes(office, setup_code), middleware=[Middleware(Guard, office=office)],
        lifespan=lifespan, on_script_error=_script_error,
    )  # fmt: skip


def _prepare(office: Office, with_demo: bool) -> None:
    """Clean up after a kill, load the demonstration into an empty office."""
    office.files.sweep()
    reviewing.requeue_interrupted(office)
    runner.recover(office)
    if with_demo:
        if not accounts.has_users(office.store):
            demo.load(office, dt.date.today())
        elif not demo.is_demo(office):
            raise UsageError(f"{office.folder} 里是正式数据，不能加载演示数据。请用 --data 指定另一个目录")
    moving.recount(office, dt.date.today())


def _only_server(data: Path) -> IO[str]:
    """Two servers on one data folder would take each other's work; the lock goes with the process."""
    lock = (data / "server.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise UsageError(f"另一个服务正在使用 {data}，请先停止它，或用 --data 指定另一个目录") from None
    return lock


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        said = f"不能在 {host}:{port} 上监听（{error.strerror}），请换一个端口：reviewer serve --port 8601"
        raise UsageError(said) from None
    return listening


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _announce(office: Office, address: str, setup_code: str, say: Callable[[str], None]) -> None:
    if not accounts.has_users(office.store):
        say("首次使用，请在浏览器打开下面的地址，建立管理员：")
        say(f"  {address}/setup?code={setup_code}")
        return
    say(f"请在浏览器打开：{address}")
    if demo.is_demo(office):
        say(f"演示账号（密码都是 {demo.PASSWORD}）：")
        for person in demo.people():
            say(f"  {person.account:<12}{person.name}　{person.roles}")
    say("按 Ctrl+C 停止。")


def _work(office: Office, stop: threading.Event) -> None:
    """Beside the pages: load the engine, finish interrupted reviews, remind every half hour.

    Each round is a thread of its own, so that an error nobody foresaw ends the round and not the work.
    """
    waited = REMIND_SECONDS
    while not stop.is_set():
        due = waited >= REMIND_SECONDS
        round_ = threading.Thread(target=_round, args=(office, due), name="round", daemon=True)
        round_.start()
        round_.join()
        waited = ROUND_SECONDS if due else waited + ROUND_SECONDS
        stop.wait(ROUND_SECONDS)


def _deliver(office: Office, stop: threading.Event) -> None:
    """Tell other systems and people; apart from the reviews, because the other side may be slow."""
    while not stop.is_set():
        round_ = threading.Thread(target=_delivery_round, args=(office,), name="delivery round", daemon=True)
        round_.start()
        while round_.is_alive() and not stop.is_set():  # what is cut off by the end is sent after the next start
            round_.join(0.5)
        stop.wait(DELIVERY_SECONDS)


def _delivery_round(office: Office) -> None:
    journal = logging.getLogger(NAME)
    try:
        done = deliveries.deliver_due(office)
        if done.sent or done.failed:
            journal.info("deliveries", extra={"sent": done.sent, "failed": done.failed, "dead": done.dead})
        sent, failed, _ = notices.send_waiting(office, fresh=True)
        if sent or failed:
            journal.info("notices", extra={"sent": sent, "failed": failed})
    except (ReviewerError, OSError):
        journal.warning("deliveries", exc_info=True)


def _round(office: Office, remind: bool) -> None:
    journal = logging.getLogger(NAME)
    try:
        office.engine()
        done = reviewing.run_queued(office)
        if done:
            journal.info("reviews", extra={"done": done})
        if remind:
            reminded = notices.remind(office, dt.date.today())
            journal.info("remind", extra={"raised": len(reminded.raised), "sent": reminded.sent,
                                          "failed": reminded.failed})  # fmt: skip
    except (ReviewerError, OSError):
        journal.warning("worker", exc_info=True)


def _log_thread_error(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        logging.getLogger(NAME).error("thread", exc_info=arguments.exc_value)


def _script_error(error: Exception) -> bool:
    """A page broke: a number in the log, a sentence on the page, nothing of the inside."""
    import streamlit as st

    if isinstance(error, ReviewerError):
        st.error(str(error))
        return True
    number = secrets.token_hex(4)
    logging.getLogger(NAME).error("page", exc_info=error, extra={"number": number})
    st.error(f"页面出了意外，您的数据没有改动。请刷新后重试；仍不行请把编号 {number} 告诉管理员")
    return True
