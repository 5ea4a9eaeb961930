"""The report on one run: ``report.json`` for programs, ``report.html`` for the technician and for paper.

``sides`` draws its pictures, ``charts`` lays out the histogram and the scale of the heat map, ``tables`` the
figures with their verdicts, ``words`` holds what is said in Chinese and English, ``page`` puts a run's report
together, ``comparison`` that of two meshes.
"""

from pipeline.report.page import report
from pipeline.report.sides import Sides, side_by_side
from pipeline.report.style import ready, style_hash

__all__ = ["Sides", "ready", "report", "side_by_side", "style_hash"]
