"""A job with its children, their children, and so on, each as a row of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from jobs.models import Job, NoSuchJob
from jobs.queries.families import InFamily
from jobs.queries.job_list import NOT_IN_A_LIST
from jobs.queries.rows import TreeRow, tree_row

MOST_JOBS = 1_000
MOST_LEVELS = 100  # some parsers do not read deeper JSON


class Tree(NamedTuple):
    root: TreeRow
    is_truncated: bool  # there are more jobs than the tree has


def tree_of(root: UUID) -> Tree:
    """The tree under `root`: MOST_JOBS at most, those next to it first; siblings in the order of creation.

    Raises NoSuchJob.
    """
    jobs = Job.objects.filter(InFamily("pk", root, nearest=MOST_JOBS + 1)).order_by("created_at", "pk")
    found = list(jobs.select_related("created_by").defer(*NOT_IN_A_LIST))
    children: dict[str, list[Job]] = defaultdict(list)
    for job in found:
        children["" if job.pk == root else str(job.parent_id)].append(job)
    if not children[""]:
        raise NoSuchJob(f"there is no job {root}")
    top = tree_row(children[""][0])
    level, shown = [top], 1
    for _ in range(1, MOST_LEVELS):
        level = add_children(level, children, MOST_JOBS - shown)
        shown += len(level)
    return Tree(top, len(found) > shown)


def add_children(level: Sequence[TreeRow], children: Mapping[str, Sequence[Job]], most: int) -> list[TreeRow]:
    """Adds children to the rows of a level, `most` at most in all, and returns them."""
    below: list[TreeRow] = []
    for row in level:
        row.children = [tree_row(child) for child in children.get(row.id, [])[: most - len(below)]]
        below += row.children
    return below
