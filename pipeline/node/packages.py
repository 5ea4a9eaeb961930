"""The npm packages beside the worker.

In a checkout ``make setup`` puts them there. An installed program has none: the first call installs them
once, by npm from the lock file that came with the program, into the user's cache folder. A version with
another worker or lock file installs into a folder of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from pipeline.errors import Failed
from pipeline.node.runtime import npm_command
from pipeline.progress import stage

HERE = Path(__file__).parent
LIMIT_S = 900.0
"""For 30 MB over a slow line."""
_NEEDED = ("meshoptimizer", "gltf-validator", "draco3dgltf", "ktx2-encoder", "basisu", "mikktspace")
_lock = threading.Lock()


def place() -> Path:
    """Gives the folder that holds ``worker.mjs`` with its packages beside it; installs them where they are
    nowhere.

    Raises:
        Refused: neither the packages nor a way to install them is there.
        Failed: they could not be installed.
    """
    if _is_whole(HERE):
        return HERE
    with _lock:
        folder = cache_folder() / f"node-{_digest()}"
        if not _is_whole(folder):
            _install(folder)
        return folder


def modules() -> Path:
    """Gives the ``node_modules`` that :func:`place` has beside the worker."""
    return place() / "node_modules"


def cache_folder() -> Path:
    """Gives the user's cache folder of this program: ``MUSEUM_CACHE``, else as the system has it."""
    if own := os.environ.get("MUSEUM_CACHE"):
        return Path(own).absolute()
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "mobile-museum"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/mobile-museum"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mobile-museum"


def _install(folder: Path) -> None:
    """Has npm install the packages beside a copy of the worker; the folder is there whole or not at all."""
    npm = npm_command()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".node-") as temporary:
            made = Path(temporary) / "made"
            made.mkdir()
            for path in _files():
                shutil.copyfile(path, made / path.name)
            with stage("node-packages"):
                _run(npm, made)
            with contextlib.suppress(OSError):  # another process was faster: what it made is the same
                made.rename(folder)
    except OSError as error:
        raise Failed(
            f"the Node packages cannot be kept ({error.strerror})",
            where=str(folder),
            do="name a folder that may be written in MUSEUM_CACHE",
        ) from error
    if not _is_whole(folder):
        raise Failed(
            "the Node packages are not whole", where=str(folder), do="remove the folder and run again"
        )


def _run(npm: list[str], folder: Path) -> None:
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    do = (
        "connect this computer to the internet once, "
        f"or copy the folder {cache_folder()} from one where the program has run"
    )
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise Failed("the Node packages could not be installed (too slow)", do=do) from None
    if done.returncode != 0:
        raise Failed(f"the Node packages could not be installed ({_reason(done.stderr)})", do=do)


def _reason(said: bytes) -> str:
    """Gives npm's own code for what went wrong, such as ENOTFOUND, else its first line."""
    text = said.decode("utf-8", "replace")
    if code := re.search(r"^npm \S+ code (\S+)", text, re.MULTILINE):
        return code[1]
    return next((line.strip() for line in text.splitlines() if line.strip()), "npm")


def _files() -> list[Path]:
    return sorted([*HERE.glob("*.mjs"), HERE / "package.json", HERE / "package-lock.json"])


def _digest() -> str:
    """Gives 12 digits over the worker and its lock file: another version installs into another folder."""
    total = hashlib.sha256()
    for path in _files():
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def _is_whole(folder: Path) -> bool:
    return all((folder / "node_modules" / name / "package.json").is_file() for name in _NEEDED)
