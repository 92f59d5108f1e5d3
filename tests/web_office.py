"""A real server and a real browser for tests. Not a test module.

Waiting is for what a person would wait for (a text, an idle page), with limits generous enough for a slow machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
]  # fmt: skip
PATIENCE = 45_000  # ms
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def server(data: Path, *options: str) -> Iterator[tuple[str, str]]:
    """`reviewer serve` on a free port; its address, and what it said at the start. Stopped by SIGTERM, checked."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "serve", "--data", str(data), "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while "http://" not in said:
        line = process.stdout.readline()
        if not line:
            process.communicate()
            raise AssertionError(f"the server did not start: {said}")
        said += line
    while (line := "" if "setup?code" in said else process.stdout.readline()) and "Ctrl+C" not in line:
        said += line
    found = re.search(r"http://[\d.:]+", said)
    assert found is not None
    _wait_until_up(found[0])
    try:
        yield found[0], said
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
        assert "服务已停止" in rest and "Traceback" not in rest, rest


def _wait_until_up(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the server did not answer within thirty seconds")


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


def log_in(chromium: Browser, address: str, account: str, password: str, size: dict[str, int] = DESKTOP) -> Page:
    """A person's own browser window, logged in, at the start page."""
    context = chromium.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    at(page, "工作台")
    return page


def at(page: Page, title: str) -> None:
    """The page with this title has been drawn to its end."""
    expect(page.locator("h1.title")).to_have_text(title, timeout=PATIENCE)
    idle(page)


def idle(page: Page) -> None:
    app = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    expect(app).to_be_attached(timeout=PATIENCE)
    page.wait_for_timeout(150)  # a widget's change is sent shortly after the key
    expect(app).to_be_attached(timeout=PATIENCE)


def says(page: Page, text: str) -> None:
    expect(page.locator('[data-testid="stAlert"]').filter(has_text=text).first).to_be_visible(timeout=PATIENCE)


def choose(page: Page, label: str, option: str) -> None:
    """An option of a select box; opened again when a redrawn page has closed it."""
    box, wanted = page.get_by_role("combobox", name=label).first, page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        box.click()
        try:
            wanted.first.click(timeout=5_000)
            break
        except TimeoutError:
            continue
    idle(page)


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label).first
    field.fill(text)
    field.press("Tab")
    idle(page)


def press(page: Page, name: str) -> None:
    button: Locator = page.get_by_role("button", name=name, exact=True).first
    expect(button).to_be_enabled(timeout=PATIENCE)
    button.click()
    idle(page)
