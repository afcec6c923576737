"""Takes the pictures of README and docs: `make screenshots`.

It starts a server of its own in a temporary directory, fills it with jobs (jobs.py), and looks at its pages with
Playwright and the system's Chromium. The pictures are in docs/images.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from png import with_palette

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent / "images"
sys.path.insert(0, str(HERE.parent.parent / "benchmarks"))

from served import Served  # noqa: E402 - the folder is on the path only now

ARGUMENTS = ["--no-sandbox", "--disable-lcd-text"]  # letters without coloured edges, which take a third more room
MOST_BYTES = 150_000
WIDTH, HEIGHT = 1200, 680
SESSION = """
from django.contrib.auth.models import Group, User
from django.test import Client
user = User.objects.create_user("maria")
user.groups.set(Group.objects.filter(name__in=["Quaero operators", "Quaero runners"]))
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""


def show_running(page: Page, ids: dict[str, str]) -> None:
    page.goto(f"/jobs/{ids['running']}/")
    page.get_by_role("button", name="Lines over time").click()
    page.locator(".u-over").wait_for()
    page.locator(".log-row").first.wait_for()


def show_failed(page: Page, ids: dict[str, str]) -> None:
    page.goto(f"/jobs/{ids['failed']}/")
    page.locator(".log-row").get_by_text("InvalidOperation").first.wait_for()


def show_find(page: Page, ids: dict[str, str]) -> None:
    page.goto(f"/jobs/{ids['failed']}/")
    page.locator(".log-row").first.wait_for()
    page.keyboard.press("/")
    page.get_by_label("Find in the whole log").fill("slow answer")
    page.keyboard.press("Enter")
    page.locator(".find-bar").get_by_text(" of ").wait_for()


def show_list(page: Page, ids: dict[str, str]) -> None:
    page.goto("/")
    page.get_by_text("Crawl the suppliers").first.wait_for()


PICTURES: dict[str, tuple[str, Callable[[Page, dict[str, str]], None]]] = {
    "jobs-light": ("light", show_list),
    "running-light": ("light", show_running),
    "failed-light": ("light", show_failed),
    "failed-dark": ("dark", show_failed),
    "find-dark": ("dark", show_find),
}


def take(browser: Browser, url: str, session: str, ids: dict[str, str], name: str) -> int:
    scheme, show = PICTURES[name]
    context = browser.new_context(
        base_url=url,
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Vienna",
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    show(page, ids)
    page.wait_for_timeout(1000)  # for what comes behind the first lines: counts, charts
    png = with_palette(page.screenshot())
    context.close()
    (IMAGES / f"{name}.png").write_bytes(png)
    return len(png)


def main() -> int:
    IMAGES.mkdir(exist_ok=True)
    too_large = []
    with Served(workers=1) as server, sync_playwright() as playwright:
        session = server.manage("shell", "--no-imports", "-c", SESSION).strip()
        ids = json.loads(server.manage("shell", "--no-imports", "-c", (HERE / "jobs.py").read_text()))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name in PICTURES:
            size = take(browser, f"http://127.0.0.1:{server.port}", session, ids, name)
            print(f"{name}.png: {size // 1000} KB")
            too_large += [name] if size > MOST_BYTES else []
        browser.close()
    if too_large:
        print(f"over {MOST_BYTES // 1000} KB: {', '.join(too_large)}")
    return len(too_large)


if __name__ == "__main__":
    sys.exit(main())
