"""Places in a log as filtered, compared with the log as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs import levels
from jobs.models import EntryRecord, Job, LogEntry
from jobs.models.record import wire_time
from jobs.queries import EVERYTHING, Filter, Log, long_reads
from jobs.queries.known_counts import from_index
from jobs.queries.places import Place, at_id, at_index, at_line, at_time, read_place
from jobs.recording import NewEntry, append
from tests.factories import NOON, append_lines, make_job
from tests.queries.logs import LOGS, job_among_others

USER = 7
KINDS = {
    **LOGS,
    "all of it": lambda job: Log(job.pk),
    "all of everything": lambda job: Log(None),
    "all of the family": lambda job: Log(job.pk, Filter(family=job.pk)),
    "errors": lambda job: Log(job.pk, Filter(level=levels.ERROR)),
}


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WIDTH", "WIDEST", "NARROWEST"):
        monkeypatch.setattr(long_reads, name, 10)


@pytest.fixture
def job(db: None) -> Job:
    job = job_among_others()
    append(job, [NewEntry("late", "error", NOON + timedelta(hours=n % 5)) for n in range(20)])
    return job


def entries_of(log: Log) -> list[EntryRecord]:
    return log.after(log.place(0)).records


def place_of(entries: list[EntryRecord], entry: EntryRecord | None) -> Place:
    if entry is None:
        return Place(len(entries), None, None, None, len(entries))
    return Place(entries.index(entry), entry.id, entry.line, entry.timestamp, len(entries))


def first(entries: list[EntryRecord], test: object) -> EntryRecord | None:
    return next(filter(test, entries), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gap", [False, True])
def test_every_id_has_the_place_that_it_has_in_the_whole_log(job: Job, kind: str, gap: bool) -> None:
    ids = list(LogEntry.objects.order_by("id").values_list("id", flat=True))
    if gap:
        LogEntry.objects.filter(pk__in=[ids[0], ids[150], ids[151]]).delete()
    log = KINDS[kind](job)
    entries = entries_of(log)
    for entry_id in (0, 1, *ids[::37], ids[150], ids[-1], 2**40):
        expected = place_of(entries, first(entries, lambda entry: entry.id >= entry_id))  # noqa: B023
        assert read_place(log, at_id(log, entry_id), USER) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_index_has_its_entry_and_pages_begin_there(job: Job, kind: str) -> None:
    LogEntry.objects.filter(job=job, line__lte=20).prune()
    log = KINDS[kind](job)
    entries = entries_of(log)
    for index in {0, 1, len(entries) // 2, len(entries) - 1, len(entries), 2**40} - {-1}:
        found = entries[index] if index < len(entries) else None
        assert read_place(log, at_index(log, index), USER) == place_of(entries, found)
        assert long_reads.in_turns(from_index(log, index, 3), USER).records == entries[index : index + 3]


@pytest.mark.parametrize("kind", KINDS)
def test_a_time_has_the_first_entry_that_is_not_earlier(job: Job, kind: str) -> None:
    log = KINDS[kind](job)
    entries = entries_of(log)
    times: list[datetime] = sorted(LogEntry.objects.values_list("timestamp", flat=True))
    for moment in (NOON - timedelta(days=9), *times[::31], times[-1], times[-1] + timedelta(seconds=1)):
        expected = first(entries, lambda entry: entry.timestamp >= wire_time(moment))  # noqa: B023
        assert read_place(log, at_time(log, moment), USER) == place_of(entries, expected)


def test_a_line_has_the_first_matching_entry_at_it_or_after_it(job: Job) -> None:
    for log_filter in (EVERYTHING, Filter(search="7"), Filter(step=job.steps.get().pk)):
        log = Log(job.pk, log_filter)
        entries = entries_of(log)
        for line in (1, 17, 99, 320, 321, 2**40):
            expected = place_of(entries, first(entries, lambda entry: entry.line >= line))  # noqa: B023
            assert read_place(log, at_line(log, line), USER) == expected


def test_a_clock_that_was_set_back_hides_no_earlier_entry(db: None) -> None:
    job = make_job()
    hours = [0, 9, *range(1, 9), 9, 10]
    append(job, [NewEntry(str(hour), timestamp=NOON + timedelta(hours=hour)) for hour in hours])
    log = Log(job.pk)
    assert read_place(log, at_time(log, NOON + timedelta(hours=5)), USER).line == 2
    assert read_place(log, at_time(log, NOON + timedelta(hours=10)), USER).line == 12


def test_a_number_that_takes_long_is_null_at_first(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.queries.places.COUNTING_S", 0)
    log = Log(job.pk, Filter(search="7"))
    last = entries_of(log)[-1]
    place = read_place(log, at_id(log, last.id), USER)
    assert (place.id, place.index, place.total) == (last.id, None, None)
    monkeypatch.setattr("jobs.queries.places.COUNTING_S", 60)
    assert read_place(log, at_id(log, last.id), USER) == place_of(entries_of(log), last)


def test_lines_that_come_are_found_without_counting_again(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(job.pk, Filter(search="7"))
    before = read_place(log, at_index(log, 10**6), USER)
    counted: list[int] = []
    count = Log.count
    monkeypatch.setattr(Log, "count", lambda self, end, start: counted.append(start.line) or count(self, end, start))
    [entry_id] = append_lines(job, ["7"]).ids
    assert read_place(log, at_id(log, entry_id), USER).index == before.total
    assert min(counted) >= 320
