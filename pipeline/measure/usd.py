"""Pixar's own validators on a USDZ (``pxr.UsdValidation``), where the extra ``usd`` is installed.

``CreateNewARKitUsdzPackage`` packs WebP without a word; these validators name it. They want a file, so the
bytes go into a temporary folder.
"""

from __future__ import annotations

import importlib.util
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.node.validator import Validation

SEVERITIES = {"Error": 0, "Warn": 1, "Info": 2}
CANNOT_OPEN = {"code": "no-usd", "severity": 0, "pointer": "/", "message": "USD cannot open the file"}


@cache
def available() -> bool:
    """Says whether USD is installed here."""
    return importlib.util.find_spec("pxr") is not None


def validate_usdz(data: bytes) -> Validation | None:
    """Gives what the validators say of a USDZ, None where USD is not installed."""
    if not available():
        return None
    from pxr import Tf, Usd, UsdValidation  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with tempfile.TemporaryDirectory(prefix="museum-usd-") as folder:
        path = Path(folder) / "model.usdz"
        path.write_bytes(data)
        try:
            stage = Usd.Stage.Open(str(path))
        except Tf.ErrorException:
            return Validation(1, 0, 0, 0, (CANNOT_OPEN,))
        validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
        found = UsdValidation.ValidationContext(validators).Validate(stage)
        messages = tuple(_message(one) for one in found)
        del stage
    errors, warnings, infos = (sum(one["severity"] == level for one in messages) for level in range(3))
    return Validation(errors, warnings, infos, 0, messages)


def _message(error: Any) -> dict[str, Any]:
    sites = error.GetSites()
    return {
        "code": str(error.GetIdentifier()),
        "severity": SEVERITIES.get(error.GetType().name.rpartition("_")[2] or error.GetType().name, 2),
        "pointer": str(sites[0].GetPrim().GetPath()) if sites and sites[0].IsPrim() else "/",
        "message": error.GetMessage(),
    }
