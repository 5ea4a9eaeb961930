"""A hint where a unit was assumed and makes an object of a size that relics hardly have.

``greek_helmet.obj`` names no unit; in metres the helmet is 8.1 m long, in centimetres 8.1 cm. The unit is not
changed, only told: a museum also keeps stelae and boats. Ground and walls stay without a hint however long
they are: they are flat, and surveys of them are in metres. So do point clouds, which surveyors make.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from pipeline import unit as units
from pipeline.catalogue.capture import METRES, Unit
from pipeline.catalogue.finding import Finding

SMALLEST_MM, LARGEST_MM = 5.0, 5000.0
"""A relic's longest side: from a bead to a large stele."""
USUAL_MM = 300.0
"""Of several possible units the one is named that brings the longest side nearest to this, by ratio."""
FLAT_SHARE = 0.5
"""Ground has a shortest side under this share of the middle one: 0.18 to 0.59 in six tiles of a real trench,
none of them over 5 m; the helmet, which is to be told, has 0.55."""
METRIC: tuple[Unit, ...] = ("m", "cm", "mm")
"""Units that are named: a photogrammetry program in inches or feet is rare enough to be told by hand."""


def unlikely_size(sides_mm: Sequence[float], decision: units.Decision) -> tuple[Finding, ...]:
    """Says which unit would be likelier.

    Args:
        sides_mm: the three sides of the object's box, as the unit makes them.
        decision: the unit and how it is known; nothing is said of one that was not assumed.

    Returns:
        One finding ``unit-unlikely``, or none.
    """
    longest = max(sides_mm)
    if decision.evidence != "assumed" or SMALLEST_MM <= longest <= LARGEST_MM or longest <= 0:
        return ()
    shortest, middle, _ = sorted(sides_mm)
    if longest > LARGEST_MM and shortest < FLAT_SHARE * middle:
        return ()
    number = longest / METRES[decision.unit]
    lengths = {unit: number * METRES[unit] for unit in METRIC if unit != decision.unit}
    fitting = [unit for unit, long in lengths.items() if SMALLEST_MM <= long <= LARGEST_MM]
    if not fitting:
        return ()
    better = min(fitting, key=lambda unit: abs(log(lengths[unit] / USUAL_MM)))
    figures: dict[str, float | int | str] = {
        "unit": decision.unit,
        "longest_mm": float(f"{longest:.4g}"),
        "better": better,
        "better_mm": float(f"{lengths[better]:.4g}"),
    }
    return (Finding("unit-unlikely", "warning", figures),)
