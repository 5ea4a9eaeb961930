import numpy as np
import pytest

from pipeline.matter.surface import Material
from pipeline.measure.colour import ciede2000, colour_difference, lab
from pipeline.steps.place import place
from pipeline.steps.textures import textures
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid

SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.02), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.001), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def test_the_difference_is_that_of_the_published_pairs_both_ways():
    one, two, wanted = (np.array(column) for column in zip(*SHARMA, strict=True))
    assert ciede2000(one, two) == pytest.approx(wanted, abs=1e-4)
    assert ciede2000(two, one) == pytest.approx(wanted, abs=1e-4)


def test_white_and_red_have_their_known_place_in_lab():
    found = lab(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    assert found[0] == pytest.approx([100, 0, 0], abs=0.01)
    assert found[1] == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert found[2] == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_surface_differs_nothing_from_itself_and_little_from_its_encoded_texture():
    skin = place(grid(8, size=0.4).but(materials=(painted(encoded(photo(256))),)), up="+y")
    assert colour_difference(skin, skin).p95 == 0
    coded = colour_difference(skin, textures(skin, format="jpeg", quality=60))
    assert 0.1 < coded.mean < coded.p95 < 10


def test_a_wrong_colour_is_measured_and_no_colour_is_not():
    shape = cube()
    painted_grey = [
        np.tile(np.array(c, np.uint8), (8, 1)) for c in ((118, 118, 118, 255), (150, 118, 118, 255))
    ]
    scan, model = (place(shape.but(colours=c), up="+y") for c in painted_grey)
    expected = ciede2000(*(lab(((np.array([c[0, :3]]) / 255 + 0.055) / 1.055) ** 2.4) for c in painted_grey))
    assert colour_difference(scan, model).mean == pytest.approx(expected[0], abs=0.01)
    assert colour_difference(place(cube(), up="+y"), model) is None
    plain = place(cube().but(materials=(Material(base_colour=(0.2, 0.2, 0.2, 1)),)), up="+y")
    assert colour_difference(plain, model) is None
