"""When what a program has said may be recorded: masked by all that it has asked to be masked before.

It may ask on one stream and show the secret on the other a moment later. Which of the two is read first is chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from jobs.running.output.items import Item, UnmaskedItem, masked
from jobs.secrets.masking import Masker
from jobs.text import AddMask


class Output(NamedTuple):
    stream: str
    items: Sequence[UnmaskedItem]


class Disclosure:
    """Takes what was read, and passes it on when both streams have been looked at once more.

    By then all is known that was said before it: a look takes all that is in a pipe.
    """

    def __init__(self, masker: Masker, record: Callable[[list[Item]], None]) -> None:
        """`masker` learns what the program asks for."""
        self._masker, self._record = masker, record
        self._waiting: list[Output] = []

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything to be passed on by the next look."""
        return bool(self._waiting)

    def after_a_look(self, outputs: list[Output]) -> None:
        """`outputs` is what was found, on each stream in its order; what was found before is passed on."""
        before, self._waiting = self._waiting, outputs
        if not before:
            return
        found = before + outputs
        if len({stream for stream, _ in found}) > 1:  # of one stream alone the order is known
            for _, items in found:
                for mask in masks_in(items):
                    learn(self._masker, mask)
        for _, items in before:
            disclosed = disclosable(items, self._masker)
            if disclosed:
                self._record(disclosed)


def disclosable(items: Sequence[UnmaskedItem], masker: Masker) -> list[Item]:
    """What may be recorded of what came on one stream: each item masked by what was asked for before it."""
    if not masker and not any(masks_in(items)):  # nearly always
        return list(items)  # type: ignore[arg-type]
    disclosed: list[Item] = []
    for item in items:
        if isinstance(item, AddMask):
            learn(masker, item)
        else:
            disclosed.append(masked(item, masker))
    return disclosed


def masks_in(items: Iterable[UnmaskedItem]) -> Iterator[AddMask]:
    return (item for item in items if isinstance(item, AddMask))


def learn(masker: Masker, mask: AddMask) -> None:
    for value in mask.values:
        masker.add(value)
