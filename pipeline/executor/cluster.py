"""Objects on the workers of a Dask cluster: the same work, on several computers that share the scans' folder.

A scheduler, its workers and this program believe one another (they exchange pickles): they belong into a
network that nobody else is in, or behind Dask's TLS (``tls://``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .connection import connected
from .dispatch import Dispatch
from .messages import Hear, Record, Task, Trouble
from .one import WORK
from .shared import Marks


@dataclass(frozen=True, slots=True)
class Cluster:
    """Works on a cluster.

    Attributes:
        address: of the scheduler, ``tcp://host:port``.
        work: what each process does (``executor.one``).
        objects: how many at once at most, on all workers together; None leaves it to them.
        patience_s: how long the cluster may be without any worker once it had one; a nanny starts a new one
            in 3 s, on a machine with much to do in 20 s.
        unfit: gets what is wrong with workers that cannot be used, under their addresses.
    """

    address: str
    work: str = WORK
    objects: int | None = None
    patience_s: float = 90.0
    unfit: dict[str, Trouble] = field(default_factory=dict)

    def run(self, tasks: Sequence[Task], hear: Hear) -> Iterator[tuple[Task, Record]]:
        """Has every task done on some worker.

        Raises:
            Refused: the address is none, or Dask is not installed.
            Failed: no scheduler answers, no worker is left, or none can be used.
        """
        with connected(self.address) as client, Marks(task.scan.home.parent for task in tasks) as marks:
            yield from Dispatch(client, self, tasks, hear, marks).records()
