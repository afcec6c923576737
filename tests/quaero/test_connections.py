"""Which connection gives way when all are taken, and which are overdue."""

from __future__ import annotations

import asyncio

import pytest

from quaero.http.connections import FEWEST, LATE_S, ConnectionRoom, most_connections
from tests.web.test_throttle import Clock


class Client:
    def __init__(self, name: str, *, is_overdue: bool = False) -> None:
        self.name, self.overdue, self.fate = name, is_overdue, ""

    def is_overdue(self, now: float) -> bool:
        return self.overdue

    def end_overdue(self) -> None:
        self.fate = "ended"

    def give_way(self) -> None:
        self.fate = "gave way"


class Loop(Clock):
    """A loop that runs its calls only when the test says so."""

    def time(self) -> float:
        return self.now

    def call_later(self, delay_s: float, call: object, *arguments: object) -> None:
        self.due = (call, arguments)

    def go_on(self, after_s: float) -> None:
        self.now += after_s
        call, arguments = self.due
        assert callable(call)
        call(*arguments)


def test_who_has_waited_longest_gives_way_heads_before_bodies_before_answers() -> None:
    here = ConnectionRoom(most=1)
    clients = {name: Client(name) for name in ("answer", "body", "first head", "second head")}
    here.answers[clients["answer"]] = here.bodies[clients["body"]] = None
    here.heads[clients["first head"]] = here.heads[clients["second head"]] = None
    here.count = 2
    order = []
    while here.has_room():
        order.append(next(name for name, client in clients.items() if client.fate and name not in order))
    assert order == ["first head", "second head", "body", "answer"]


def test_no_connection_gives_way_while_there_is_room() -> None:
    here = ConnectionRoom(most=2)
    here.heads[waiting := Client("waiting")] = None
    here.count = 2
    assert here.has_room()
    assert waiting.fate == ""


@pytest.mark.parametrize(("after_s", "fate"), [(1.0, "ended"), (LATE_S + 1, "")])
def test_whose_time_is_over_is_ended_unless_it_was_the_server_that_was_away(after_s: float, fate: str) -> None:
    loop = Loop()
    here = ConnectionRoom(most=10)
    here.count = 2
    here.heads[late := Client("late", is_overdue=True)] = here.bodies[other := Client("other")] = None
    here.watch(loop)  # type: ignore[arg-type]
    loop.go_on(after_s)
    assert (late.fate, other.fate) == (fate, "")
    loop.go_on(1.0)
    assert late.fate == "ended"


async def test_no_sweep_without_connections() -> None:
    here = ConnectionRoom(most=10)
    here.watch(asyncio.get_running_loop())
    here._sweep(asyncio.get_running_loop(), asyncio.get_running_loop().time())
    assert not here._sweeps


@pytest.mark.parametrize(
    ("files", "most"), [(8, FEWEST), (256, 192), (1024, 768), (20_000, 18_976), (1_048_576, 1_047_552), (-1, 1_000_000)]
)
def test_a_quarter_of_the_descriptors_is_left_or_a_thousand(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, files))
    assert most_connections() == most
