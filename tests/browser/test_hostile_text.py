from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.browser.installation import Installation
from tests.browser.reading import expect_message, expect_state, messages, open_job

HOSTILE = [
    "<script>document.title = 'taken'</script>",
    "</script><img src=x onerror=\"document.title='taken'\">",
    "<b onmouseover=alert(1)>bold</b> &lt;i&gt; &amp;",
    "{{ constructor.constructor('alert(1)')() }} ${7*7} x-html=\"1\"",
    "user \u202egnp.exe\u202c end",
    "emoji \U0001f600, \u65e5\u672c\u8a9e, \u05e9\u05dc\u05d5\u05dd",
    "bell \u0007 and a zero width \u200b space",
]


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_text_is_only_text(page: Page, installation: Installation, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    with installation.speaking_job(f"<b>job</b> {HOSTILE[0]}") as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        job.say(*HOSTILE)
        expect_message(page, HOSTILE[-2])
        job.finish()
        expect_state(page, "Ended")
    assert messages(page) == HOSTILE
    assert page.evaluate("document.querySelectorAll('.log-lines :is(script, img, b, i)').length") == 0
    expect(page.get_by_role("heading", level=1)).to_have_text(f"<b>job</b> {HOSTILE[0]}")
    expect(page).to_have_title(f"Completed: <b>job</b> {HOSTILE[0]} · Quaero")


def test_what_turns_text_around_is_shown_and_ends_at_once(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("printf", "user \u202egnp.exe end\n"))
    turner = page.locator(".log-control")
    expect(turner).to_have_attribute("data-code", "U+202E")
    place = "(element) => element.getBoundingClientRect().left"
    after = page.evaluate(
        """() => {
            const range = document.createRange();
            range.selectNode(document.querySelector(".log-control").nextSibling);
            return range.getBoundingClientRect().left;
        }"""
    )
    assert turner.evaluate(place) < after


def test_terminal_escapes_leave_no_trace_but_colours(page: Page, installation: Installation) -> None:
    open_job(
        page, installation.run("printf", r"\033]0;title\007\033[2J\033[1;32mok\033[0m\033]8;;http://x\033\\ link\n")
    )
    expect(page.locator(".ansi-green-fg.ansi-bold")).to_have_text("ok")
    assert messages(page) == ["ok link"]


def test_a_very_long_line_is_shown_whole_when_asked_for(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; echo"))
    page.get_by_role("button", name="Show 290,000 more characters").click()
    assert [len(message) for message in messages(page)] == [300_000]


INLINE_SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
}"""


def test_pages_refuse_to_run_inline_scripts(page: Page, complaints: Complaints) -> None:
    response = page.goto("/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(INLINE_SCRIPT)
    assert page.evaluate("window.ran") is None
    assert len(complaints.texts) == 1
    complaints.texts.clear()
