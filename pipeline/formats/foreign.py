"""What foreign readers throw at a damaged file, as one sentence of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import MuseumError, Refused


@contextmanager
def guarded(kind: str, name: str) -> Iterator[None]:
    """Makes of anything that a library throws while it reads a file a refusal of that file.

    Args:
        kind: the format, as in ``LAS``.
        name: of the file.

    Raises:
        Refused: the library met something that it cannot read.
    """
    try:
        yield
    except MuseumError:
        raise
    except Exception as error:  # laspy and pye57 do not say which they throw; MemoryError is one
        raise _refusal(kind, name) from error
    except BaseException as error:
        # a library written in Rust panics with an exception beside Python's own tree
        if type(error).__name__ != "PanicException":
            raise
        raise _refusal(kind, name) from error


def _refusal(kind: str, name: str) -> Refused:
    return Refused(
        f"the {kind} file is damaged or of a kind that is not read", where=name, do="copy or export it again"
    )
