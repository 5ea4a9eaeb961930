import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.weld import bits, distinct


@given(
    st.lists(
        st.tuples(
            st.integers(-3, 3),
            st.sampled_from([0, 1, 2**31, 2**40, -(2**40)]),
            st.sampled_from([0, 2**32 - 1, 7]),
            st.sampled_from([0, 2**32 - 1]),
        ),
        max_size=40,
    )
)
def test_rows_are_found_again_in_the_order_of_their_first_appearance(rows):
    columns = np.array(rows, np.int64).reshape(-1, 4)
    first, which = distinct(*columns.T)
    assert [rows[i] for i in first] == list(dict.fromkeys(rows))
    assert [rows[first[i]] for i in which] == rows


def test_nought_equals_minus_nought_and_neighbouring_floats_differ():
    one = np.float32(1)
    values = np.array([[0.0], [-0.0], [one], [np.nextafter(one, np.float32(2))]], np.float32)
    assert distinct(*bits(values))[1].tolist() == [0, 0, 1, 2]
