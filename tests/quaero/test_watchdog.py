"""The watchdog of a process that beats, which counts only silence that it has seen."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from quaero.serving.watchdog import Watchdog, beat


class Watched:
    """A pipe with a watchdog that has a clock of its own."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.now = 0.0
        self.watchdog = Watchdog(self.reading, clock=lambda: self.now)

    def hangs_after(self, *pauses_s: float) -> bool:
        for pause_s in pauses_s:
            self.now += pause_s
            hangs = self.watchdog.hangs()
        return hangs


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    os.close(watched.reading)
    os.close(watched.writing)


def test_a_process_that_beats_now_and_then_does_not_hang(watched: Watched) -> None:
    for _ in range(20):
        beat(watched.writing)
        assert not watched.hangs_after(*[1.0] * 20)


def test_silence_is_hanging(watched: Watched) -> None:
    beat(watched.writing)
    assert not watched.hangs_after(*[1.0] * 20)
    assert watched.hangs_after(1.0)


def test_a_start_takes_longer(watched: Watched) -> None:
    assert not watched.hangs_after(*[1.0] * 119)
    assert watched.hangs_after(1.0)


@pytest.mark.parametrize("pause_s", [60.0, 100_000.0])
def test_time_without_a_look_is_no_silence(watched: Watched, pause_s: float) -> None:
    beat(watched.writing)
    assert not watched.hangs_after(1.0, pause_s, 1.0, 1.0)


def test_beats_that_are_not_read_block_no_process(watched: Watched) -> None:
    os.set_blocking(watched.writing, False)
    for _ in range(100_000):
        beat(watched.writing)
    assert not watched.hangs_after(1.0)
