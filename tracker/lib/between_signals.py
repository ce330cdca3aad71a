"""What a receiver before a save or a delete hands to the one after it, without a trace on the instance.

Django sends two signals around a write, and nothing goes from the first to the second but the instance.
"""

import weakref
from typing import Generic, TypeVar

T = TypeVar("T")


class BetweenSignals(Generic[T]):
    """One value for each instance that is being written; it goes when it is taken, or with its instance."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[weakref.ref, T]] = {}

    def put(self, instance: object, value: T) -> None:
        number = id(instance)
        self.kept[number] = weakref.ref(instance, lambda _: self.kept.pop(number, None)), value

    def take(self, instance: object) -> T | None:
        """What was put for this instance; None if nothing was."""
        found = self.kept.pop(id(instance), None)
        return found[1] if found else None
