"""Fields on a raster: fractal noise, cracks, smooth steps, sampling. What every sample is painted and
shaped with.

Noise is shaped in the frequency domain: one inverse FFT gives all octaves at once (8 Mpx in about 0.4 s),
and it is periodic, so a band round a pot closes without a seam. Cell noise is made once as a small
periodic tile.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[Any]


def generator(seed: int, name: str) -> np.random.Generator:
    """Gives a random generator of its own for each named use, so that adding one does not change the
    others.
    """
    return np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, zlib.crc32(name.encode())]))


def fractal(
    shape: tuple[int, int],
    rng: np.random.Generator,
    *,
    beta: float = 2.4,
    longest: float = 256.0,
    shortest: float = 2.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Array:
    """Gives float32 noise of zero mean and unit deviation whose power falls as frequency to the minus
    ``beta``.

    Args:
        shape: rows, columns. Periodic both ways when both are products of small primes.
        rng: source of the white noise.
        beta: 0 is white, 2 rough, 3 and more cloudy.
        longest, shortest: wavelengths in pixels between which there is power.
        stretch: rows, columns: how many times longer the features are along that axis.
    """
    rows, columns = (scipy.fft.next_fast_len(n, real=True) for n in shape)
    spectrum = scipy.fft.rfft2(rng.standard_normal((rows, columns), dtype=np.float32))
    fy = np.fft.fftfreq(rows).astype(np.float32)[:, None] * stretch[0]
    fx = np.fft.rfftfreq(columns).astype(np.float32)[None, :] * stretch[1]
    f = np.sqrt(fy * fy + fx * fx)
    f[0, 0] = 1.0
    gain = f ** np.float32(-beta / 2)
    gain /= 1 + (1.0 / (longest * f)) ** 4
    gain /= 1 + (shortest * f) ** 4
    gain[0, 0] = 0.0
    spectrum *= gain
    field = scipy.fft.irfft2(spectrum, s=(rows, columns), overwrite_x=True)[: shape[0], : shape[1]]
    return np.asarray(field / max(float(field.std()), 1e-9), dtype=np.float32)


def smooth(low: float, high: float, x: Array) -> Array:
    """Gives the smooth step of ``x``: 0 below ``low``, 1 above ``high`` (or the other way round)."""
    t = np.multiply(np.subtract(x, low, dtype=np.float32), np.float32(1 / (high - low)))
    np.clip(t, 0, 1, out=t)
    u = t * np.float32(-2)
    u += np.float32(3)
    u *= t
    u *= t
    return np.asarray(u)


def blur(field: Array, sigma_px: float, *, wrap: bool = False) -> Array:
    """Gives the field blurred; wide blurs are done on a reduced copy, which is as good and many times
    faster.
    """
    mode: list[Literal["nearest", "wrap"]] = ["nearest", "wrap" if wrap else "nearest"]
    step = int(sigma_px // 4)
    if step < 2 or min(field.shape) < 16 * step:
        return np.asarray(ndimage.gaussian_filter(field, sigma_px, mode=mode, truncate=3.0), dtype=np.float32)
    rows, columns = (n - n % step for n in field.shape)
    small = field[:rows, :columns].reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    small = ndimage.gaussian_filter(small, sigma_px / step, mode=mode, truncate=3.0)
    y = (np.arange(field.shape[0], dtype=np.float32) + 0.5) / step - 0.5
    x = (np.arange(field.shape[1], dtype=np.float32) + 0.5) / step - 0.5
    return stretch(small, y, x, wrap=wrap)


def stretch(field: Array, y: Array, x: Array, *, wrap: bool = False) -> Array:
    """Gives the field at the grid of rows ``y`` and columns ``x`` (pixel coordinates), linear, row by row."""
    rows, columns = field.shape[:2]
    y = np.clip(y, 0, rows - 1)
    y0 = np.minimum(y.astype(np.int64), rows - 2)
    fy = (y - y0).astype(np.float32)[:, None]
    x0 = np.floor(x).astype(np.int64)
    if wrap:
        fx = (x - x0).astype(np.float32)[None, :]
        x0, x1 = x0 % columns, (x0 + 1) % columns
    else:
        x = np.clip(x, 0, columns - 1)
        x0 = np.minimum(x.astype(np.int64), columns - 2)
        fx, x1 = (x - x0).astype(np.float32)[None, :], x0 + 1
    if field.ndim == 3:
        fy, fx = fy[..., None], fx[..., None]
    across = field[:, x0] + (field[:, x1] - field[:, x0]) * fx
    return np.asarray(across[y0] + (across[y0 + 1] - across[y0]) * fy, dtype=np.float32)


def sample(field: Array, y: Array, x: Array, *, wrap: bool = False) -> Array:
    """Gives the field at scattered pixel coordinates, bilinear; columns go round when ``wrap``."""
    rows, columns = field.shape[:2]
    y = np.clip(y, 0, rows - 1.001)
    x = np.mod(x, columns) if wrap else np.clip(x, 0, columns - 1.001)
    y0, x0 = y.astype(np.int64), x.astype(np.int64)
    x0 = np.minimum(x0, columns - 1)
    x1 = (x0 + 1) % columns
    fy, fx = (y - y0).astype(np.float32), (x - x0).astype(np.float32)
    if field.ndim == 3:
        fy, fx = fy[..., None], fx[..., None]
    top = field[y0, x0] * (1 - fx) + field[y0, x1] * fx
    low = field[y0 + 1, x0] * (1 - fx) + field[y0 + 1, x1] * fx
    return np.asarray(top * (1 - fy) + low * fy, dtype=np.float32)


def cells(size: int, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Gives a periodic tile of cells: distance to the cell's border in cell widths, and a random number a
    cell.

    Worley's construction on a jittered ``count`` by ``count`` grid; float32 (size, size) each.
    """
    jitter = rng.random((count, count, 2), dtype=np.float32)
    value = rng.random((count, count), dtype=np.float32)
    at = (np.arange(size, dtype=np.float32) + 0.5) * (count / size)
    cell = at.astype(np.int64)
    near = np.full((size, size), 9.0, np.float32)
    second = near.copy()
    tag = np.zeros_like(near)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            iy, ix = (cell + dy)[:, None] % count, (cell + dx)[None, :] % count
            py = (cell + dy)[:, None] + jitter[iy, ix, 0]
            px = (cell + dx)[None, :] + jitter[iy, ix, 1]
            d = (py - at[:, None]) ** 2 + (px - at[None, :]) ** 2
            closer = d < near
            second = np.where(closer, near, np.minimum(second, d))
            tag = np.where(closer, value[iy, ix], tag)
            near = np.where(closer, d, near)
    return np.sqrt(second) - np.sqrt(near), tag


def tiled(tile: Array, shape: tuple[int, int]) -> Array:
    """Gives a periodic tile repeated over a raster."""
    times = (-(-shape[0] // tile.shape[0]), -(-shape[1] // tile.shape[1]))
    return np.tile(tile, times)[: shape[0], : shape[1]]


def mix(under: Array, colour: tuple[float, float, float] | Array, amount: Array) -> Array:
    """Gives ``under`` (rows, columns, 3) covered with a colour by ``amount`` (rows, columns); in place."""
    over = np.asarray(colour, dtype=np.float32)
    for channel in range(3):
        layer = under[..., channel]
        layer += (over[..., channel] - layer) * amount
    return under


def occlusion(height_mm: Array, px_per_mm: float, reach_mm: float, *, wrap: bool = False) -> Array:
    """Gives how deep a place lies below its surroundings, in reaches: positive in hollows, negative on
    heights.
    """
    return np.asarray((blur(height_mm, reach_mm * px_per_mm, wrap=wrap) - height_mm) / np.float32(reach_mm))


def slope(height_mm: Array, px_per_mm: float) -> tuple[Array, Array]:
    """Gives the height's gradient, rise over run: along the columns (x, right) and along the rows (y, up)."""
    gy, gx = np.gradient(height_mm)
    return (gx * np.float32(px_per_mm)).astype(np.float32), (-gy * np.float32(px_per_mm)).astype(np.float32)


class Finer:
    """Gives fields that were worked out coarsely, finely, a band of rows at a time (so that it stays in
    the cache).

    Args:
        source: (rows, columns) of the coarse fields.
        rows, columns: size of the fine raster over the same rectangle.
        wrap: the columns go round.
    """

    def __init__(self, source: tuple[int, int], rows: int, columns: int, *, wrap: bool = False) -> None:
        self.shape = (rows, columns)
        self.y = (np.arange(rows) + 0.5) * (source[0] / rows) - 0.5
        self.x = (np.arange(columns) + 0.5) * (source[1] / columns) - 0.5
        self.wrap = wrap

    def __call__(self, field: Array, band: slice) -> Array:
        """Gives the field's rows ``band``, linear between its samples."""
        y = self.y[band]
        low = max(0, int(np.floor(y[0])))
        high = min(field.shape[0], int(np.ceil(y[-1])) + 2)
        low = min(low, high - 2)
        return stretch(field[low:high], y - low, self.x, wrap=self.wrap)


def in_bands(shape: tuple[int, int], paint: Callable[[slice], Array], rows: int = 64) -> Array:
    """Gives a painted raster (rows, columns, 3) uint8 from a function that paints some rows as sRGB 0 to
    1.
    """
    out = np.empty((*shape, 3), np.uint8)
    for start in range(0, shape[0], rows):
        band = slice(start, min(start + rows, shape[0]))
        colour = paint(band)
        np.clip(colour, 0, 1, out=colour)
        colour *= np.float32(255)
        colour += np.float32(0.5)
        out[band] = colour
    return out


def piece(tile: Array, band: slice, columns: int) -> Array:
    """Gives some rows of a periodic tile repeated over a raster."""
    rows = tile[np.arange(band.start, band.stop) % tile.shape[0]]
    return np.tile(rows, (1, -(-columns // tile.shape[1])))[:, :columns]
