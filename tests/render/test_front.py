import numpy as np

from pipeline.render.camera import front_view
from pipeline.steps.place import place
from tests.shapes import cube, surface


def slab(**said):
    thin = surface(cube().positions * [0.1, 1, 1], cube().triangles)
    return place(thin, up="+y", **said)


def test_a_slab_is_shown_from_its_broad_side_unless_somebody_said_that_the_narrow_one_is_the_front():
    assert front_view(slab())[0] == 108
    assert front_view(slab(front_deg=0.0))[0] == 18
    assert front_view(slab(front_deg=90.0))[0] == 18
    turned = slab(front_deg=90.0).bounds
    assert np.round(turned[1] - turned[0], 9).tolist() == [1, 1, 0.1]
