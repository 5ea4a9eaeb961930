"""Ours against each peer, level by level, and the bars that the project set itself: met or not, plainly.

The better peer of a level is the one whose file looks most like the scan (SSIM). The bar: with no more bytes
than it, mean deviation at most 0.7 times its, SSIM and ΔE2000 no worse. The whole run, measuring and pictures
included, takes at most twice a peer's runs for the same list of files added up; its memory stays under 400 MB
and 8 times the scan's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.row import Row

OURS, QUICK = "museum", "museum quick"
"""The recipe that bakes and proves everything, and the one that does what peers do."""
SAME_SSIM = 0.0002
"""Differences of SSIM below this are within what another view would give."""
SAME_DE = 0.02
"""Differences of the mean ΔE2000 below this are within what other points would give."""
NEARER = 0.7
"""Of the better peer's mean deviation: what ours may be."""


def lines(rows: Sequence[Row]) -> list[str]:
    """Gives the section of the document: tables of ratios, ours divided by the peer's."""
    out = [
        "",
        "## The bars",
        "",
        "Ours divided by the better peer, the one most like the scan at that level:",
    ]
    out += [
        "",
        "| input | level | better peer | wire bytes | mean | p95 | SSIM | ΔE2000 | |",
        "|---|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for ours, peers in _levels(rows):
        out.append(_against(ours, max(peers, key=lambda r: r.ssim_mean)))
    out += ["", "Every peer, `large` only:", ""]
    out += ["| input | peer | wire bytes | mean | p95 | SSIM | ΔE2000 |", "|---|---|--:|--:|--:|--:|--:|"]
    for ours, peers in _levels(rows):
        if ours.level == "large":
            out += ["| " + " | ".join([p.input, p.tool, *_ratios(ours, p)]) + " |" for p in peers]
    out += [
        "",
        "Whole run of the recipe `quick`, whose list of files is the peers' (three levels), pictures, report",
    ]
    out += [
        "and measuring included. gltfpack's npm build leaves textures as they are, so its list is another.",
        "",
    ]
    out += ["| input | seconds | peak MB (limit) | | times each peer's seconds |", "|---|--:|--:|---|---|"]
    for name in dict.fromkeys(r.input for r in rows):
        out.append(_whole([r for r in rows if r.input == name and r.level == "all"]))
    return out


def _levels(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    for ours in rows:
        if ours.tool == OURS and ours.level != "all":
            same = [
                r
                for r in rows
                if (r.input, r.level) == (ours.input, ours.level)
                and r.tool not in (OURS, QUICK)
                and r.triangles
            ]
            if same:
                yield ours, same


def _ratios(ours: Row, peer: Row) -> list[str]:
    return [
        f"{ours.bytes_wire / peer.bytes_wire:.2f}",
        f"{ours.deviation_mean_mm / peer.deviation_mean_mm:.2f}",
        f"{ours.deviation_p95_mm / peer.deviation_p95_mm:.2f}",
        f"{ours.ssim_mean - peer.ssim_mean:+.4f}",
        f"{ours.colour_de2000 - peer.colour_de2000:+.2f}",
    ]


def _against(ours: Row, peer: Row) -> str:
    missed = [
        what
        for what, bad in (
            ("bytes", ours.bytes_wire > peer.bytes_wire),
            ("mean", ours.deviation_mean_mm > NEARER * peer.deviation_mean_mm),
            ("p95", ours.deviation_p95_mm > peer.deviation_p95_mm),
            ("SSIM", ours.ssim_mean < peer.ssim_mean - SAME_SSIM),
            ("ΔE", ours.colour_de2000 > peer.colour_de2000 + SAME_DE),
        )
        if bad
    ]
    verdict = "**not met: " + ", ".join(missed) + "**" if missed else "met"
    return "| " + " | ".join([ours.input, ours.level, peer.tool, *_ratios(ours, peer), verdict]) + " |"


def _whole(rows: list[Row]) -> str:
    ours = next(r for r in rows if r.tool == QUICK)
    within = "met" if ours.peak_rss_mb <= ours.rss_limit_mb else "**not met**"
    times = []
    for peer in rows:
        if peer.tool not in (OURS, QUICK):
            ratio = ours.seconds / peer.seconds
            times.append(f"{peer.tool} {ratio:.1f}" + ("" if ratio <= 2 else " (**over 2**)"))
    memory = f"{ours.peak_rss_mb:.0f} ({ours.rss_limit_mb:.0f})"
    return f"| {ours.input} | {ours.seconds:.1f} | {memory} | {within} | {'; '.join(times)} |"
