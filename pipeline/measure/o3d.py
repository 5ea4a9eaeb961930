"""Open3D without the second it needs for its web visualiser.

``import open3d`` takes 1.7 s, of which 1.1 s is ``open3d.visualization.draw_plotly`` pulling in dash,
plotly and IPython. Nothing here draws with plotly, so that one module is replaced by a stand-in with the
same three names while Open3D is imported (0.6 s). Only a private helper module is touched and it is taken
away again afterwards; where Open3D has moved on and the stand-in does not fit, Open3D is imported as it
comes.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from types import ModuleType
from typing import Any

_HEAVY = "open3d.visualization.draw_plotly"


@cache
def open3d() -> Any:
    """Gives the module ``open3d``, imported once and quickly."""
    if "open3d" in sys.modules or _HEAVY in sys.modules:
        return importlib.import_module("open3d")
    sys.modules[_HEAVY] = _stand_in()
    try:
        return importlib.import_module("open3d")
    except ImportError:
        for name in [n for n in sys.modules if n == "open3d" or n.startswith("open3d.")]:
            del sys.modules[name]
        return importlib.import_module("open3d")
    finally:
        sys.modules.pop(_HEAVY, None)


def _stand_in() -> ModuleType:
    def not_here(*_: object, **__: object) -> None:
        raise NotImplementedError("plotly drawings are switched off")

    module = ModuleType(_HEAVY)
    for name in ("draw_plotly", "get_plotly_fig", "draw_plotly_server"):
        setattr(module, name, not_here)
    return module
