"""The Node worker: starts, answers, survives its own death."""

import os

import numpy as np
import pytest

from pipeline.errors import Failed
from pipeline.node import Worker, worker
from pipeline.node.codec import apply_filter, decode_buffer, encode_buffer, optimise_order
from pipeline.node.simplifier import simplify
from pipeline.node.validator import validate


def grid(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:n, 0:n]
    z = 0.1 * np.sin(x * 0.4) * np.cos(y * 0.3)
    positions = np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float64)
    a = (y[:-1, :-1] * n + x[:-1, :-1]).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + n], 1), np.stack([a + 1, a + n + 1, a + n], 1)])
    return positions, triangles.astype(np.int32)


def test_a_call_answers_and_the_process_is_kept_for_the_next() -> None:
    first = worker()
    assert int(first.call("ping", {})[0]["node"].split(".")[0]) >= 18
    assert worker() is first


def test_a_hung_worker_is_ended_after_its_time_and_the_next_call_works() -> None:
    one = Worker()
    with pytest.raises(Failed, match=r"did not end within 0\.3 s"):
        one.call("hang", {}, limit_s=0.3)
    assert one.call("ping", {})[0]["node"]
    one.close()


def test_a_worker_that_dies_is_a_failure_and_is_started_again() -> None:
    one = Worker()
    with pytest.raises(Failed, match="ended the Node worker"):
        one.call("die", {})
    assert one.call("ping", {})[0]["node"]
    one.close()


def test_an_unknown_operation_is_a_failure_with_its_name() -> None:
    with pytest.raises(Failed, match="unknown operation fly"):
        worker().call("fly", {})


def test_a_forked_child_gets_its_own_worker() -> None:
    parent = worker()
    parent.call("ping", {})
    pid = os.fork()
    if pid == 0:
        os._exit(0 if worker() is not parent and worker().call("ping", {})[0]["node"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert parent.call("ping", {})[0]["node"]


def test_a_flat_grid_simplifies_to_its_corners_and_far_offsets_cost_nothing() -> None:
    positions, triangles = grid()
    positions[:, 2] = 0
    near = simplify(positions, triangles, target_triangles=2, max_error=0.02)
    far = simplify(positions + np.array([3e5, 0, 5e6]), triangles, target_triangles=2, max_error=0.02)
    assert len(near.triangles) <= 8 and near.error < 0.02
    assert np.allclose(far.positions - [3e5, 0, 5e6], near.positions, atol=1e-5)


def test_the_error_is_kept_and_the_attributes_come_along() -> None:
    positions, triangles = grid()
    colours = np.stack([positions[:, 0] / 39, positions[:, 1] / 39], axis=1).astype(np.float32)
    out = simplify(positions, triangles, colours, [0.5, 0.5], target_triangles=1, max_error=0.02)
    assert 2 < len(out.triangles) < len(triangles) / 3
    assert out.error <= 0.02 and out.attributes is not None
    assert np.abs(out.attributes - out.positions[:, :2] / 39).max() < 0.02
    assert out.triangles.max() == len(out.positions) - 1 == len(out.kept) - 1


def test_a_seam_stays_closed_when_its_vertices_are_moved() -> None:
    positions, triangles = grid()
    positions = positions + np.random.default_rng(1).normal(0, 0.02, positions.shape)
    right = positions[triangles].mean(axis=1)[:, 0] > 20
    split = triangles.copy()
    split[right] += len(positions)
    uv = np.zeros((2 * len(positions), 2), np.float32)
    uv[len(positions) :] = 5
    out = simplify(np.concatenate([positions] * 2), split, uv, [1, 1], target_triangles=300, max_error=1)
    values = out.attributes
    assert values is not None
    left = {tuple(p) for p in out.positions[values[:, 0] < 2.5]}
    other = {tuple(p) for p in out.positions[values[:, 0] > 2.5]}
    assert len(out.triangles) < 600 and len(left & other) >= 3
    edges: dict[tuple[tuple[float, ...], ...], int] = {}
    for triangle in out.triangles:
        corners = [tuple(out.positions[v]) for v in triangle]
        for i in range(3):
            key = tuple(sorted((corners[i], corners[(i + 1) % 3])))
            edges[key] = edges.get(key, 0) + 1
    rim = np.array([edge for edge, uses in edges.items() if uses == 1])
    inside = ((rim > 1.5) & (rim < 37.5))[:, :, :2].all(axis=(1, 2))
    assert not inside.any(), "an edge inside the sheet is open"


def test_locked_vertices_do_not_move() -> None:
    positions, triangles = grid()
    lock = positions[:, 0] < 5
    out = simplify(positions, triangles, target_triangles=10, max_error=5, lock=lock)
    assert lock[out.kept].sum() == lock.sum()
    assert np.allclose(out.positions[lock[out.kept]], positions[out.kept[lock[out.kept]]], atol=1e-5)


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(
    ("mode", "stride"), [("ATTRIBUTES", 8), ("TRIANGLES", 2), ("TRIANGLES", 4), ("INDICES", 4)]
)
def test_a_buffer_survives_the_codec(version: int, mode: str, stride: int) -> None:
    _, triangles = grid()
    triangles, _ = optimise_order(triangles, 1600)
    if mode == "ATTRIBUTES":
        data, count = np.arange(8000, dtype="<u2").tobytes(), 2000
    else:
        data, count = triangles.astype(f"<u{stride}").tobytes(), triangles.size
    coded = encode_buffer(data, count=count, stride=stride, mode=mode, version=version)  # type: ignore[arg-type]
    back = decode_buffer(coded, count=count, stride=stride, mode=mode)  # type: ignore[arg-type]
    assert len(coded) < len(data) / 2
    if mode == "TRIANGLES":  # the codec may rotate a triangle's corners
        one, two = (np.frombuffer(b, f"<u{stride}").reshape(-1, 3) for b in (data, back))
        assert any(np.array_equal(np.roll(two, k, 1)[0], one[0]) for k in range(3))
        assert np.array_equal(np.sort(one, 1), np.sort(two, 1))
    else:
        assert back == data


def test_the_order_keeps_every_triangle_and_drops_unused_vertices() -> None:
    positions, triangles = grid(12)
    some = triangles[: len(triangles) // 2]
    new, order = optimise_order(some, len(positions))
    rows = {tuple(sorted(map(tuple, corners))) for corners in positions[some]}
    assert {tuple(sorted(map(tuple, corners))) for corners in positions[order][new]} == rows
    assert len(order) == len(np.unique(some)) == new.max() + 1
    assert optimise_order(some, len(positions))[0].tobytes() == new.tobytes()


def test_the_octahedral_filter_keeps_directions() -> None:
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(500, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    packed = apply_filter(np.c_[normals, np.zeros(500)].astype(np.float32), "OCTAHEDRAL", stride=4, bits=8)
    coded = encode_buffer(packed, count=500, stride=4, mode="ATTRIBUTES")
    back = np.frombuffer(
        decode_buffer(coded, count=500, stride=4, mode="ATTRIBUTES", filter="OCTAHEDRAL"), np.int8
    )
    found = back.reshape(-1, 4)[:, :3].astype(np.float64)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    assert np.degrees(np.arccos(np.clip((found * normals).sum(1), -1, 1))).max() < 1.5


def test_damaged_codec_data_is_a_failure() -> None:
    with pytest.raises(Failed):
        decode_buffer(b"\xa0" + bytes(40), count=5000, stride=8, mode="ATTRIBUTES")


def test_the_validator_names_what_is_wrong() -> None:
    said = validate(b'{"asset":{"version":"2.0"},"scene":3}')
    assert not said.clean and said.messages[0]["pointer"] == "/scene"
    with pytest.raises(Failed):
        validate(b"\x00\x01\x02")
