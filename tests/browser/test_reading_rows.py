"""What a reader sees of log lines, and how the reader would like to see them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import findings
from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, open_job

ROWS = 12
LINES = r"""
import json
from datetime import datetime, timedelta, UTC
from jobs.models import Job
from jobs.recording import NewEntry, append

E = chr(27)
LATE = datetime(2024, 3, 1, 23, 59, 58, 123456, tzinfo=UTC)
frames = "".join(f'  File "/app/x{i}.py", line {i}, in f\n    call()\n' for i in range(5))
entries = [
    NewEntry("before midnight, see (https://a.example/b_(c)?d=1)."),
    NewEntry("after it", stream="stderr"),
    NewEntry(f"{E}[31mGET http://b.exa{E}[32mmple/x{E}[0m {E}]8;;https://c.example/{E}\\manual{E}]8;;{E}\\ "
             f"{E}]8;;javascript:alert(1){E}\\no{E}]8;;{E}\\"),
    NewEntry(json.dumps({"whole": 12345678901234567890, "list": [1, {"deep": None}]})),
    NewEntry("with fields", fields={"shop": 7, "user": "ada", "within": {"x": 1}}, source="shop.import"),
    NewEntry(f"failed\nTraceback (most recent call last):\n{frames}KeyError: 'apples'", level="error"),
    NewEntry("x" * 12_000 + "end"),
    NewEntry(f"{E}[2;31mfaint {E}[0;7mturned {E}[0;8mhidden {E}[0;48;5;21mon blue {E}[0;33;103m yellow", level="error"),
    NewEntry("user \u202egnp.exe"),
    NewEntry("Traceback (most recent call last):", level="error"),
    NewEntry('  File "/app/y.py", line 1', level="error", fields={"continuation": True}),
    NewEntry("OSError: disk", level="error", fields={"continuation": True}),
]
job = Job.objects.create(name="Many kinds of lines")
append(job, [each._replace(timestamp=LATE + timedelta(seconds=2 * place)) for place, each in enumerate(entries)])
Job.objects.filter(pk=job.pk).update(started_at=LATE - timedelta(seconds=10), status="running")
print(job.pk)
"""


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.python(LINES).split()[-1]


@pytest.fixture
def shown(page: Page, job_id: str) -> Page:
    open_job(page, job_id)
    expect_count(page, ROWS)
    return page


def row_of(page: Page, text: str) -> Locator:
    return page.locator(".log-row", has_text=text)


def choose(page: Page, **settings: str | bool) -> None:
    panel = page.locator(".log-panel")
    panel.get_by_role("button", name="View").click()
    for name, value in settings.items():
        control = panel.locator(f"[data-setting={name}]")
        if isinstance(value, bool):
            control.set_checked(value)
        else:
            control.select_option(value)
    page.keyboard.press("Escape")
    expect(panel.locator(".view-settings")).to_be_hidden()


def test_days_are_separate_and_their_zone_has_a_name(shown: Page) -> None:
    choose(shown, zone="UTC")
    days = shown.locator(".log-day")
    expect(days).to_have_text(["Friday, 1 March 2024 · UTC", "Saturday, 2 March 2024 · UTC"])
    time = row_of(shown, "before midnight").locator(".log-time")
    expect(time).to_have_text("23:59:58.123")
    expect(time).to_have_attribute("title", "2024-03-01 23:59:58.123456 UTC")
    expect(shown.locator(".log-panel .zone")).to_have_text("UTC")
    starts = [row_of(shown, text).locator(".log-time").bounding_box() for text in ("before midnight", "with fields")]
    assert len({round(box["x"]) for box in starts if box}) == 1


def test_times_are_of_the_clock_since_the_start_or_since_the_line_before(shown: Page) -> None:
    time = row_of(shown, "after it").locator(".log-time")
    choose(shown, time="relative")
    expect(time).to_have_text("+12.000")
    choose(shown, time="delta")
    expect(time).to_have_text("+2.000")
    choose(shown, time="absolute", zone="UTC", dates=True)
    expect(time).to_have_text("2024-03-02 00:00:00.123")
    choose(shown, time="none")
    expect(shown.locator(".log-time")).to_have_count(0)


def test_what_is_chosen_is_remembered_and_holds_in_every_log(shown: Page, job_id: str) -> None:
    choose(shown, line=False, level=False, stream=True, wrap=False, density="compact", size="17")
    open_job(shown, job_id)
    expect_count(shown, ROWS)
    expect(shown.locator(".log-line, .log-level")).to_have_count(0)
    expect(row_of(shown, "after it").locator(".log-stream")).to_have_text("stderr")
    assert row_of(shown, "x" * 100).evaluate("(row) => getComputedStyle(row).whiteSpaceCollapse") == "preserve"
    assert row_of(shown, "after it").evaluate("(row) => getComputedStyle(row).fontSize") == "17px"
    assert shown.locator(".log-panel .log").evaluate("(log) => log.scrollWidth > log.clientWidth")
    shown.keyboard.press("l")
    assert shown.locator(".service .log").evaluate("(log) => getComputedStyle(log).fontSize") == "17px"


def test_the_menu_is_left_by_escape_and_filters_stay(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?search=after")
    expect_count(page, 1)
    button = page.locator(".log-panel").get_by_role("button", name="View")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.locator(".log-panel [data-setting=time]").focus()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect_count(page, 1)


def test_addresses_of_the_web_are_links_and_no_others(shown: Page) -> None:
    links = shown.locator(".log-link")
    assert [(link.get_attribute("href"), link.text_content()) for link in links.all()] == [
        ("https://a.example/b_(c)?d=1", "https://a.example/b_(c)?d=1"),
        ("http://b.example/x", "http://b.example/x"),
        ("https://c.example/", "manual"),
    ]
    for link in links.all():
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_have_attribute("target", "_blank")
    expect(links.nth(1).locator(".ansi-green-fg")).to_have_text("mple/x")
    expect(links.nth(2)).to_have_attribute("title", "https://c.example/")
    expect_message(shown, "GET http://b.example/x manual no")


def test_json_opens_as_a_tree_with_every_digit(shown: Page) -> None:
    row = row_of(shown, "whole")
    button = row.get_by_role("button", name="Message as a tree")
    button.click()
    expect(row.locator(".json-number").first).to_have_text("12345678901234567890")
    button.click()
    expect(row.locator(".log-tree")).to_have_count(0)
    row = row_of(shown, "with fields")
    fields = row.locator("[data-field]")
    assert [(each.get_attribute("data-field"), each.get_attribute("data-value")) for each in fields.all()] == [
        ("shop", "7"),
        ("user", "ada"),
    ]
    row.get_by_role("button", name="Fields as a tree").click()
    expect(row.locator(".json-label")).to_have_text(["shop", "user", "within", "x"])
    choose(shown, level=False)  # which builds the rows anew
    expect(row.locator(".log-tree")).to_be_visible()


def test_a_trace_within_a_message_folds(shown: Page) -> None:
    row = row_of(shown, "KeyError")
    fold = row.get_by_role("button", name="8 more lines")
    before = row.bounding_box()
    fold.click()
    after = row.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] < before["height"] - 100
    expect(fold).to_have_attribute("aria-expanded", "false")
    copied = row.evaluate("(row) => (getSelection().selectAllChildren(row), `${getSelection()}`)")
    assert "x4.py" in copied
    assert "more lines" not in copied
    fold.click()
    expect(row.locator(".log-frames")).not_to_have_class(re.compile("log-folded"))


def test_all_traces_fold_and_open_at_once(shown: Page) -> None:
    last = row_of(shown, "OSError")
    frames = row_of(shown, "KeyError").locator(".log-frames")
    assert last.evaluate("(row) => row.offsetHeight") > 10
    choose(shown, traces="folded")
    assert last.evaluate("(row) => row.offsetHeight") <= 1
    expect(frames).to_have_class(re.compile("log-folded"))
    shown.locator(".log-row", has_text="Traceback").last.get_by_role("button", name="2 more lines").click()
    assert last.evaluate("(row) => row.offsetHeight") > 10
    choose(shown, traces="open")
    expect(frames).not_to_have_class(re.compile("log-folded"))


def test_a_long_line_is_shown_whole_when_asked_for_and_stays_so(shown: Page) -> None:
    row = row_of(shown, "x" * 100)
    row.get_by_role("button", name="Show 2,003 more characters").click()
    expect(row.locator(".log-message")).to_have_text(re.compile("xend$"))
    choose(shown, level=False)
    expect(row.locator(".log-message")).to_have_text(re.compile("xend$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_of_it_shuts_a_reader_out(page: Page, job_id: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 2000})
    open_job(page, job_id)
    expect_count(page, ROWS)
    for button in page.locator(".log-braces").all():
        button.click()
    assert findings(page) == []
    page.locator(".log-panel").get_by_role("button", name="View").click()
    assert findings(page) == []


COLORS = r"""
from jobs.models import Job
from jobs.recording import NewEntry, append
E = chr(27)
named = [*range(30, 38), *range(90, 98)]
codes = [
    *[f"{faint}{code}" for code in named for faint in ("", "2;", "7;", "2;7;")],
    *[f"{code};{ground}" for code in named for ground in [*range(40, 48), *range(100, 108)]],
    *[f"{code};48;5;{ground}" for code in named for ground in (16, 21, 46, 196, 244)],
    *[f"{kind};5;{code}" for code in range(0, 256, 5) for kind in ("38", "48", "7;38", "2;38", "2;48", "44;38")],
]
job = Job.objects.create(name="Colours")
for level in ("info", "error"):
    append(job, [NewEntry("".join(f"{E}[{code}mcolour{E}[0m " for code in codes), level=level)])
print(job.pk)
"""
CONTRASTS = """() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const pixel = (...layers) => {
        for (const layer of layers) [context.fillStyle] = [layer], context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = (rgb) =>
        rgb.map((value) => part(value / 255)).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    return [...document.querySelectorAll(".log-row .log-message > span")].map((span) => {
        const layers = [".log", ".log-row"].map((each) => getComputedStyle(span.closest(each)).backgroundColor);
        const style = getComputedStyle(span);
        const ground = [...layers, style.backgroundColor];
        const [dark, light] = [luminance(pixel(...ground)), luminance(pixel(...ground, style.color))].sort();
        return [(light + 0.05) / (dark + 0.05), style.opacity, span.className, span.getAttribute("style")];
    }).filter(([contrast, opacity]) => contrast < 4.5 || opacity !== "1");
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whatever_a_program_colours_can_be_read(page: Page, installation: Installation, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    open_job(page, installation.python(COLORS).split()[-1])
    expect_count(page, 2)
    assert page.locator(".log-message > span").count() > 1000
    assert page.evaluate(CONTRASTS) == []
