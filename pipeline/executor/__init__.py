"""Many objects at once: on this computer (:class:`Local`) or on a Dask cluster (:class:`Cluster`).

One interface: tasks in, records out as they come, and what is heard of the work on the way. Each object is
worked on in a process of its own, here as there, so that what one does to memory or to itself touches no
other. What goes to and fro is small: paths, options and figures, never meshes.
"""

from __future__ import annotations

from .cluster import Cluster
from .local import Local
from .messages import Executor, Hear, Heard, Record, Task, Trouble

__all__ = ["Cluster", "Executor", "Hear", "Heard", "Local", "Record", "Task", "Trouble"]
