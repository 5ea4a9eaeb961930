"""What a scan has of everything, whether it came as a surface or as a cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import Refused

if TYPE_CHECKING:
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.surface import Surface


def counts(scan: Surface | Cloud, model: str) -> tuple[int, int, int]:
    """Gives triangles, vertices and points: of a surface the first two, of a cloud the last.

    Raises:
        Refused: a surface without triangles.
    """
    from pipeline.matter.cloud import Cloud

    if isinstance(scan, Cloud):
        return 0, 0, len(scan.positions)
    if len(scan.triangles) == 0:
        raise Refused("the scan has no triangles", where=model, do="export a mesh")
    return len(scan.triangles), len(scan.positions), 0
