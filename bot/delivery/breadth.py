"""How many posts to one team chat may be under way together, as far as the platform lets them."""


class Breadth:
    """As many as the platform is said to take, until it asks for a pause.

    Then it is one, and twice as many each time that so many went well, until it is all of them again.

    Attributes:
        most: how many the platform is said to take.
    """

    def __init__(self) -> None:
        self.most = 1
        self._now: int | None = None
        self._good = 0

    def __int__(self) -> int:
        return self.most if self._now is None else min(self._now, self.most)

    def narrow(self) -> None:
        """The platform asked for a pause."""
        self._now, self._good = 1, 0

    def widen(self) -> None:
        """One went well."""
        if self._now is None:
            return
        self._good += 1
        if self._good >= self._now:
            self._now, self._good = 2 * self._now, 0
        if self._now >= self.most:
            self._now = None
