"""The way to a Dask scheduler, and what there is to say where there is none."""

from __future__ import annotations

import importlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pipeline.errors import Failed, Refused

CONNECT_S = 5.0
"""A scheduler that does not answer within this is not there."""
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Gives Dask's client of a scheduler for the block.

    Raises:
        Refused: the address is none, or Dask is not installed.
        Failed: nobody answers.
    """
    if not _ADDRESS.fullmatch(address):
        raise Refused(
            "this is no address of a Dask scheduler",
            where=address,
            do="write it as in tcp://192.168.1.10:8786",
        )
    try:
        distributed: Any = importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise Refused(
            f"the cluster extra is not installed, {error.name} is missing",
            do='install it too: pip install "distributed>=2025.1"',
        ) from error
    if not os.environ.get("MUSEUM_DEBUG"):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Failed(
            f"no Dask scheduler answers at this address ({type(error).__name__})",
            where=address,
            do="start one with dask scheduler, or correct --cluster",
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=CONNECT_S)


def lost(error: OSError) -> Failed:
    """Why a run cannot go on whose scheduler does not answer any longer."""
    return Failed(
        f"the connection to the cluster was lost ({type(error).__name__})",
        do="the next run goes on where this one stopped",
    )
