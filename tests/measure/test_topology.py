import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.matter.rows import same_rows
from pipeline.measure import topology
from tests.shapes import cube


@pytest.mark.parametrize("seed", range(6))
def test_components_are_those_that_scipy_finds(seed):
    random = np.random.default_rng(seed)
    vertices = 3000
    triangles = random.integers(0, vertices, (random.integers(200, 1800), 3)).astype(np.int32)
    ends = np.concatenate([triangles[:, (0, 1)], triangles[:, (0, 2)]])
    graph = coo_array((np.ones(len(ends)), ends.T), shape=(vertices, vertices))
    theirs = connected_components(graph, directed=False)[1][triangles[:, 0]]
    ours = topology.components(triangles, vertices)
    pairs = np.unique(np.stack([ours, theirs], axis=1), axis=0)
    assert len(pairs) == len(np.unique(ours)) == len(np.unique(theirs))
    assert set(ours) == set(range(len(pairs)))


def test_a_long_chain_is_one_piece_whichever_way_it_is_numbered():
    for order in (np.arange(10_000), np.arange(10_000)[::-1], np.random.default_rng(1).permutation(10_000)):
        chain = order.astype(np.int32)
        assert (topology.connected(chain[:-1], chain[1:], len(chain)) == 0).all()


def test_a_vertex_without_an_edge_is_alone():
    assert topology.connected(np.array([2], np.int32), np.array([0], np.int32), 4).tolist() == [0, 1, 0, 3]


def test_two_windows_in_a_cube_are_two_holes_with_their_lengths():
    box = cube(2.0)
    edges = topology.edges(same_rows(box.positions)[box.triangles])
    assert topology.holes(edges, np.zeros((8, 3))).count == 0
    points = same_rows(box.positions)
    places = np.zeros((int(points.max()) + 1, 3))
    places[points] = box.positions
    flat = points[box.triangles]
    first = flat[0]
    far = next(i for i in range(len(flat)) if not set(flat[i]) & set(first))
    rims = topology.holes(topology.edges(np.delete(flat, [0, far], axis=0)), places)
    assert rims.count == 2
    assert rims.perimeters == pytest.approx([4 + 8**0.5] * 2)
