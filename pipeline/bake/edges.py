"""Carries what was baked beyond the borders of charts and into gaps: the nearest texel that has something."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def nearest_known(known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Gives for each texel of a picture (H, W) the place (row times width plus column) of the nearest known
    one, itself where it is known; texels without any known one keep their own.
    """
    import cv2

    if not known.any() or known.all():
        return np.arange(known.size).reshape(known.shape)
    _, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    place = np.zeros(int(label.max()) + 1, np.int64)
    flat = np.flatnonzero(known)
    place[label.ravel()[flat]] = flat
    return np.asarray(place[label], np.int64)


def spread(picture: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[Any]:
    """Gives a picture (H, W, C) whose unknown texels have the value of the nearest known one."""
    flat = picture.reshape(-1, picture.shape[2])
    return flat[nearest_known(known).ravel()].reshape(picture.shape)
