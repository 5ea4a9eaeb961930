"""One row of the results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One file made by one tool from one input, or (level ``all``) the sum over its files."""

    input: str
    tool: str
    level: str
    seconds: float
    peak_rss_mb: float
    bytes: int
    bytes_wire: int
    triangles: int
    texture_px: int
    deviation_mean_mm: float
    deviation_p95_mm: float
    deviation_max_mm: float
    ssim_mean: float
    ssim_min: float
    colour_de2000: float = 0.0
    rss_limit_mb: float = 0.0
    same: str = "triangles"
    """What a peer was asked to have as many of as ours: triangles, or bytes on the wire."""
    commit: str = ""
    """Of the project, that the input was run with."""

    def line(self) -> str:
        """Gives the row as one line for the terminal."""
        return (
            f"  {self.tool:28} {self.level:6} {self.seconds:7.2f} s {self.peak_rss_mb:6.0f} MB "
            f"{self.bytes_wire:>9} B {self.triangles:>8} tri  mean {self.deviation_mean_mm:.4f} "
            f"p95 {self.deviation_p95_mm:.4f} max {self.deviation_max_mm:.3f} mm  SSIM {self.ssim_mean:.4f} "
            f"ΔE {self.colour_de2000:.3f}"
        )
