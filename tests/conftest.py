"""Fixtures for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def scans() -> Path:
    """The folder of real scans; a test that asks for it is skipped where there is none."""
    folder = Path(os.environ.get("MUSEUM_TEST_SCANS") or ROOT.parent / "shared" / "scans")
    if not folder.is_dir():
        pytest.skip(f"the real scans are not here ({folder}); MUSEUM_TEST_SCANS names their folder")
    return folder
