"""What can go wrong, as one tree. Every message is one sentence: what is wrong, where, what to do.

    MuseumError
    ├── Refused      the input is not usable as it is      exit 2 · HTTP 4xx
    └── Failed       the work was started and did not end  exit 1 · HTTP 500

An error is handled exactly once: in ``cli.main`` or in the site's exception handlers. What goes only partly
wrong is no exception but a ``Finding`` (``catalogue.finding``) carried by the workpiece into the report.
"""

from __future__ import annotations


class MuseumError(Exception):
    """Base of all errors that are meant to be read by a person.

    Args:
        what: what is wrong, without a full stop.
        where: file, line or key it concerns.
        do: what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(f"{where}: {what}" if where else what)

    def __str__(self) -> str:
        text = super().__str__().rstrip(".")
        return f"{text}; {self.do.rstrip('.')}." if self.do else f"{text}."

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.do))


def _rebuild(kind: type[MuseumError], what: str, where: str, do: str) -> MuseumError:
    return kind(what, where=where, do=do)


class Refused(MuseumError):
    """The input cannot be used as it is; nothing was written."""

    exit_code = 2


class Failed(MuseumError):
    """The work was started and could not be finished; what was there before is untouched."""

    exit_code = 1
