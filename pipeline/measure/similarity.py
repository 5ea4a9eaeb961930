"""How alike two pictures look: SSIM after Wang, Bovik, Sheikh and Simoncelli (2004)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
SIGMA_PX = 1.5


def ssim(a: NDArray[np.uint8], b: NDArray[np.uint8], *, mask: NDArray[np.bool_] | None = None) -> float:
    """Gives the mean structural similarity of two pictures, 1 for equal ones.

    Gaussian window of 1.5 px, on luma (BT.601) of 8-bit sRGB values, as the paper has it.

    Args:
        a, b: (H, W) or (H, W, 3|4) uint8; alpha is not looked at.
        mask: (H, W) where to take the mean; without it everywhere, empty background included.
    """
    from scipy.ndimage import gaussian_filter  # 0.35 s that a run with a short proof need not wait

    x, y = _luma(a), _luma(b)
    mean_x, mean_y = (gaussian_filter(p, SIGMA_PX) for p in (x, y))
    var_x = gaussian_filter(x * x, SIGMA_PX) - mean_x**2
    var_y = gaussian_filter(y * y, SIGMA_PX) - mean_y**2
    both = gaussian_filter(x * y, SIGMA_PX) - mean_x * mean_y
    top = (2 * mean_x * mean_y + C1) * (2 * both + C2)
    found = top / ((mean_x**2 + mean_y**2 + C1) * (var_x + var_y + C2))
    return float(found.mean() if mask is None else found[mask].mean())


def _luma(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    if picture.ndim == 2:
        return picture.astype(np.float64)
    out: NDArray[np.float64] = picture[..., :3].astype(np.float64) @ (0.299, 0.587, 0.114)
    return out
