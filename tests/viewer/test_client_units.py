from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[2] / "viewer/client"


def test_the_clients_pure_logic_passes_its_own_tests() -> None:
    node = shutil.which("node")
    if node is None or not (CLIENT / "node_modules/esbuild").is_dir():
        pytest.skip("the client's packages are not installed: run npm ci in viewer/client")
    run = subprocess.run(
        [node, "test/run.mjs"], cwd=CLIENT, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "fail 0" in run.stdout
