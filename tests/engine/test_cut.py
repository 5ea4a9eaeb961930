"""What the object stood on, from a file to the manifest: cut, drawn, told, and brought back when asked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips

from pipeline.cli import main
from tests.steps.test_detach import BALL, TABLE, lathe


def scan(folder: Path) -> Path:
    """A brown ball on a blue table in one piece, as OBJ with vertex colours."""
    folder.mkdir()
    shape = lathe([*TABLE, *BALL[1:]])
    flat = shape.positions[:, 1:2] < 1e-9
    rows = np.concatenate([shape.positions, np.where(flat, (0.2, 0.3, 0.5), (0.6, 0.4, 0.3))], axis=1)
    lines = ["v " + " ".join(f"{value:.9g}" for value in row) + "\n" for row in rows]
    lines += [f"f {a} {b} {c}\n" for a, b, c in (shape.triangles + 1).tolist()]
    (folder / "ball.obj").write_text("".join(lines))
    return folder / "ball.obj"


def run(out: Path, *arguments: str) -> Any:
    assert main(["process", *arguments, "--unit", "m", "--up", "+y", "--out", str(out)]) == 0
    return json.loads((out / "manifest.json").read_bytes())


def codes(manifest: Any) -> set[str]:
    return {finding["code"] for finding in manifest["findings"]}


def test_a_table_is_cut_drawn_in_red_and_kept_on_the_next_run_and_comes_back_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    model, out = scan(tmp_path / "scan"), tmp_path / "out"
    first = run(out, str(model))
    assert {"support-removed-by-colour", "holes"} <= codes(first)
    assert first["scale"]["size_mm"] == pytest.approx([200, 195, 200], abs=1)
    pictures = {one["usage"]: one for one in first["pictures"]}
    data = (out / pictures["cut"]["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == pictures["cut"]["sha256"]
    pixels = pyvips.Image.new_from_buffer(data, "").numpy().astype(int)
    red = (
        (pixels[..., 0] > 90)
        & (pixels[..., 0] > 2.5 * pixels[..., 1])
        & (pixels[..., 0] > 2.5 * pixels[..., 2])
    )
    brown = (pixels[..., 0] > pixels[..., 2] + 20) & ~red
    assert red.mean() > 0.1 and brown.mean() > 0.05
    assert run(out, str(model), "--force") == first
    (model.parent / "capture.toml").write_text("keep_support = true\n")
    for drafted in ("capture.toml", "artifact.toml"):
        (out / drafted).unlink()
    kept = run(out, str(model))
    assert "support-removed-by-colour" not in codes(kept) and max(kept["scale"]["size_mm"]) > 590
    assert "cut" not in {one["usage"] for one in kept["pictures"]}
    assert not (out / pictures["cut"]["path"]).exists()
