"""A job with its descendants: one filter for page, counts and stream, and its number of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import levels
from jobs.models import Job, LogEntry
from jobs.queries import START, Filter, Log, Position
from jobs.queries.cursors import CursorOfAnotherJob, CursorReset, newest_family_position, position_of
from jobs.queries.families import NOWHERE, Extent, extent_of, is_finished, is_member, members
from jobs.queries.log_page import read_page
from jobs.recording import NewEntry, append
from tests.factories import append_lines, make_job, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(job: Job) -> list[Job]:
    """A job, two children, a grandchild."""
    child, other = make_job("child", parent=job), make_job("other child", parent=job)
    return [job, child, other, make_job("grandchild", parent=child)]


def ids_of(root: Job, **members: Any) -> list[int]:
    return [record.id for record in Log(root.pk, Filter(family=root.pk, **members)).after(START).records]


def test_a_family_is_a_job_its_children_and_theirs(family: list[Job]) -> None:
    stranger = make_job("stranger")
    assert set(members(family[0].pk)) == set(family)
    assert set(members(family[1].pk)) == {family[1], family[3]}
    assert is_member(family[0].pk, family[3].pk)
    assert not is_member(family[0].pk, stranger.pk)


def test_two_jobs_that_are_each_others_parents_are_a_family(family: list[Job]) -> None:
    Job.objects.filter(pk=family[0].pk).update(parent=family[3].pk)
    assert set(members(family[0].pk)) == set(family)


def test_a_family_has_ended_when_all_have(family: list[Job]) -> None:
    for job in family:
        assert not is_finished(family[0].pk)
        Job.objects.filter(pk=job.pk).update(status="completed")
    assert is_finished(family[0].pk)


def test_entries_come_in_the_order_of_ids_with_the_names_of_their_jobs(family: list[Job]) -> None:
    for job in reversed(family):
        append_lines(job, [job.name])
        append_lines(make_job("stranger"), 1)
    records = Log(family[0].pk, Filter(family=family[0].pk)).after(START).records
    assert [record.message for record in records] == [job.name for job in reversed(family)]
    assert [record.job_name for record in records] == [record.message for record in records]
    assert [record.id for record in records] == sorted(record.id for record in records)


scripts = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from(["a", "B", "ab%"]), st.sampled_from(list(levels.NUMBERS)), st.booleans()
    ),
    min_size=1,
    max_size=12,
)
wishes = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(list(levels.NAMES)),
        "search": st.sampled_from(["a", "b", "%"]),
        "stream": st.sampled_from(["stdout", "stderr"]),
    },
)


@settings(deadline=None, max_examples=60)  # each writes a dozen times, whatever else the machine does
@given(scripts, wishes, st.booleans(), st.booleans())
def test_the_same_entries_however_they_are_read(
    script: list[tuple[int, str, str, bool]], wish: dict[str, Any], of_step: bool, collects: bool
) -> None:
    """By a plain condition in Python, in pages forward and back, counted, and from either index."""
    root, stranger = make_job(), make_job("stranger")
    child = make_job("child", parent=root)
    jobs = [root, child, make_job("other", parent=root), make_job("grandchild", parent=child), stranger, stranger]
    step = make_step(jobs[3])
    for number, message, level, in_stderr in script:
        in_step = step if jobs[number] is jobs[3] and in_stderr else None
        append(jobs[number], [NewEntry(message, level, step=in_step, stream="stderr" if in_stderr else "stdout")])
    ids = {str(job.pk) for job in jobs[:4]}
    matches = Filter(**wish, step=step.pk if of_step else None).matcher() or (lambda record: True)
    everything = [record for job in (*jobs[:4], stranger) for record in Log(job.pk).after(START).records]
    expected = sorted(record.id for record in everything if record.job_id in ids and matches(record))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Extent, "should_collect", lambda *arguments: collects)
        log = Log(root.pk, Filter(**wish, step=step.pk if of_step else None, family=root.pk))
        assert [record.id for record in log.after(START).records] == expected
        assert [record.id for record in log.last(3).records] == expected[-3:]
        if expected:  # a few ids, among which nothing is looked up first
            between = log.after(Position(0, expected[0]), Position(0, expected[-1]))
            assert [record.id for record in between.records] == expected[1:]
        assert log.count() == len(expected)
        assert read_page(log, 2).meta.displayed_count == len(expected)
        assert log.has_up_to(Position(0, expected[0] if expected else 2**40)) is bool(expected)


def test_counts_are_the_sum_of_the_families_or_the_steps(family: list[Job]) -> None:
    step = make_step(family[3])
    append_lines(family[0], 2)
    append_lines(family[3], 3, level="error", step=step)
    append_lines(make_job("stranger"), 9)
    root = family[0].pk
    whole = read_page(Log(root, Filter(family=root, level=levels.ERROR)), 1).meta
    assert (whole.total_count, whole.displayed_count, whole.has_more) == (5, 3, True)
    of_step = read_page(Log(root, Filter(family=root, step=step.pk)), 5).meta
    assert (of_step.total_count, of_step.displayed_count) == (3, 3)


def test_no_entries_are_counted_where_counters_have_the_number(family: list[Job]) -> None:
    append_lines(family[1], 3)
    LogEntry.objects.filter(line=3)._raw_delete("default")  # type: ignore[attr-defined]
    meta = read_page(Log(family[0].pk, Filter(family=family[0].pk, level=levels.INFO)), 5).meta
    assert (meta.total_count, meta.displayed_count) == (3, 3)


def test_extent_is_from_the_first_entry_of_any_to_the_last(family: list[Job]) -> None:
    assert extent_of(family[0].pk) == NOWHERE
    ids = [append_lines(job, 2).ids for job in (family[2], make_job("stranger"), family[0], family[3])]
    assert extent_of(family[0].pk) == Extent(ids[0][0], ids[3][1], 6)


def test_few_entries_among_many_of_others_are_collected() -> None:
    assert Extent(1, 1_000_000, 500).should_collect(0, 2**62)
    assert not Extent(1, 1_000_000, 500_000).should_collect(0, 2**62)
    assert not Extent(1, 5_000, 500).should_collect(0, 2**62)
    assert not Extent(1, 1_000_000, 500).should_collect(999_000, 2**62)


def plan(root: Job, **wish: Any) -> str:
    log = Log(root.pk, Filter(family=root.pk, **wish))
    return log.between(START, Position(0, 10**6)).order_by("-id").explain()


def test_no_page_of_a_family_sorts_or_looks_at_more_than_its_extent(family: list[Job]) -> None:
    append_lines(family[1], 3)
    step = make_step(family[3])
    wanted: list[dict[str, Any]] = [{}, {"level": levels.INFO}, {"search": "x"}, {"stream": "stderr"}]
    for wish in wanted:
        assert "quaero_jobs_logentry USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan(family[0], **wish)
    assert "INDEX quaero_entry_notable_of_all (id>? AND id<?)" in plan(family[0], level=levels.ERROR)
    assert "INDEX quaero_entry_step (step_id=? AND id<?)" in plan(family[0], step=step.pk)
    assert not [wish for wish in (*wanted, {"step": step.pk}) if "TEMP B-TREE" in plan(family[0], **wish)]


def test_collected_ids_come_from_the_jobs_own_index_and_in_order(
    family: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    append_lines(family[1], 3)
    monkeypatch.setattr(Extent, "should_collect", lambda *arguments: True)
    found = plan(family[0])
    assert "quaero_jobs_logentry USING INTEGER PRIMARY KEY (rowid=?)" in found
    assert "COVERING INDEX sqlite_autoindex_quaero_jobs_logentry_1 (job_id=?)" in found
    assert "TEMP B-TREE" not in found


def test_a_page_takes_as_many_queries_for_many_children_as_for_one(
    job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(30):
        append_lines(make_job(str(number), parent=job), 2)
    # whether it is all there, the extent, the entries, the jobs' names, the counters
    with django_assert_max_num_queries(5):
        assert len(read_page(Log(job.pk, Filter(family=job.pk)), 50).logs) == 50


def place(root: Job, entry_id: int) -> Position:
    return position_of(root.pk, entry_id, with_children=True)


def test_an_entry_of_any_member_is_a_place(family: list[Job]) -> None:
    ids = [append_lines(job, 2).ids for job in family]
    log = Log(family[0].pk, Filter(family=family[0].pk))
    assert [record.id for record in log.after(place(family[0], ids[1][0])).records] == [ids[1][1], *ids[2], *ids[3]]
    assert newest_family_position(family[0].pk).id == ids[3][1]


def test_an_entry_from_outside_is_refused(family: list[Job]) -> None:
    append_lines(family[1], 1)
    [theirs] = append_lines(make_job("stranger"), 1).ids
    [above] = append_lines(family[0], 1).ids
    with pytest.raises(CursorOfAnotherJob):
        place(family[0], theirs)
    with pytest.raises(CursorOfAnotherJob):
        place(family[1], above)


def test_a_pruned_place_is_exact_or_starts_over(family: list[Job]) -> None:
    first, second = append_lines(family[1], 4).ids, append_lines(family[2], 4).ids
    LogEntry.objects.filter(job=family[2], line__lte=2).prune()
    assert place(family[0], second[1]) == Position(0, second[1])
    assert place(family[0], first[0]).id == first[0]  # still stored
    LogEntry.objects.filter(job=family[1], line__lte=2).prune()
    with pytest.raises(CursorReset, match="pruned"):
        place(family[0], first[1])
    with pytest.raises(CursorReset, match="unknown_cursor"):
        place(family[0], second[-1] + 1)


def test_a_place_in_a_child_that_was_deleted_goes_on(family: list[Job]) -> None:
    gone, kept = append_lines(family[2], 2).ids, append_lines(family[1], 1).ids
    family[2].delete()
    assert place(family[0], gone[0]) == Position(0, gone[0])
    assert ids_of(family[0]) == list(kept)


def test_the_newest_place_of_a_deleted_child_is_after_all_that_is_stored(family: list[Job]) -> None:
    kept, gone = append_lines(family[1], 1).ids, append_lines(family[2], 2).ids
    family[2].delete()
    assert place(family[0], gone[1]).id == kept[0]
    assert position_of(None, gone[1]).id == kept[0]


def test_the_family_of_an_unknown_job_is_empty() -> None:
    assert Log(uuid4(), Filter(family=uuid4())).after(START) == ([], False)
