"""The site and the kiosk carry no 3D libraries, and a command that has nothing to do loads none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HEAVY = ("numpy", "open3d", "scipy", "trimesh", "pyvips")


def heavy_after(code: str) -> str:
    """Gives the heavy modules that a fresh interpreter has loaded after some code."""
    asked = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("package", ["viewer", "pipeline.catalogue"])
def test_every_module_of_the_site_loads_without_3d_libraries(package: str) -> None:
    code = (
        "import importlib, pkgutil\n"
        f"package = importlib.import_module('{package}')\n"
        "for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    if '.client' not in module.name and '__main__' not in module.name:\n"
        "        importlib.import_module(module.name)\n"
    )
    assert heavy_after(code) == ""


def test_the_command_line_and_the_check_for_news_load_without_3d_libraries() -> None:
    assert heavy_after("import pipeline.cli, pipeline.run, pipeline.scan, pipeline.commands.process") == ""


def test_one_object_loads_nothing_of_the_runs_over_many_and_those_load_dask_only_for_a_cluster() -> None:
    loaded = "import sys\nprint(*[name for name in sys.modules if name.startswith({names})])"
    begin = "import pipeline.cli, pipeline.run, pipeline.scan, pipeline.commands.process\n"
    for code, names in (
        (begin, "('pipeline.executor', 'rich', 'distributed', 'dask')"),
        (
            "import pipeline.executor, pipeline.commands.collection\n",
            "('rich', 'distributed', 'dask', 'numpy')",
        ),
    ):
        asked = code + loaded.format(names=names)
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == ""
