"""What the system, Python or our own mistakes raise, as errors that a person can read."""

from __future__ import annotations

import errno
import re

from pipeline import __version__
from pipeline.errors import Failed, MuseumError, Refused

SYSTEM_PACKAGES = "libusb-1.0-0 libgl1 libegl1 libx11-6 libgomp1"
"""What Open3D links to, as Debian names it; the Makefile installs the same."""
_LIBRARY = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")


def as_ours(error: Exception) -> MuseumError:
    """Gives any error as one of ours: the sentence that a technician reads."""
    if isinstance(error, MuseumError):
        return error
    if isinstance(error, OSError | MemoryError | ImportError):
        return _missing(error) or _system(error)
    what = f"the program made a mistake ({type(error).__name__}: {error})"
    return Failed(what, do="MUSEUM_DEBUG=1 shows where")


def _missing(error: Exception) -> MuseumError | None:
    """What is not installed: a Python package of the extra, or a library of the system that one links to."""
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith(("pipeline", "viewer")):
        wheel = f"mobile_museum-{__version__}-py3-none-any.whl"
        return Refused(
            f"this computer has only the site installed, {error.name} is missing",
            do=f'install the 3D part too: pip install "{wheel}[pipeline]"',
        )
    if library := _LIBRARY.search(str(error)):
        return Refused(
            f"the system has no {library[1]}, which the 3D libraries need",
            do=f"on Debian and Ubuntu run: sudo apt-get install {SYSTEM_PACKAGES}",
        )
    return None


def _system(error: OSError | MemoryError | ImportError) -> Failed:
    """An error of the system as one of ours."""
    if isinstance(error, ImportError):
        return Failed(f"the program is not whole ({error})", do="install it again")
    if isinstance(error, MemoryError):
        return Failed("the memory does not suffice", do="close other programs, or make the scan smaller")
    where = str(error.filename or "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failed("the disk is full", where=where, do="make room and run again, what was done is kept")
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        do = "choose another folder with --out or change its rights"
        return Failed("this may not be written or read", where=where, do=do)
    return Failed(error.strerror or str(error), where=where)
