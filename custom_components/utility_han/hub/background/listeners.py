"""Who wants to be told: the one way in which rooms tell rooms above them."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback


class Listeners[*Told]:
    """Callbacks that are all called with what happened, in the order in which they were added."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: list[Callable[[*Told], None]] = []

    @callback
    def add(self, listener: Callable[[*Told], None]) -> CALLBACK_TYPE:
        """Have ``listener`` told from now on; what is returned ends that."""
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            self._listeners.remove(listener)

        return remove

    @callback
    def tell(self, *told: *Told) -> None:
        """Tell everybody; who is added or removed meanwhile counts the next time.

        An error of one keeps it from no other; it is raised when all were told.
        """
        failure: Exception | None = None
        for listener in list(self._listeners):
            try:
                listener(*told)
            except Exception as err:
                failure = failure or err
        if failure is not None:
            raise failure
