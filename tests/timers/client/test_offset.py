from hypothesis import given
from hypothesis import strategies as st

from ws101.timers.client.offset import Offset

TRIPS = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=20)


@given(st.integers(0, 2**42), TRIPS)
def test_the_best_of_several_is_wrong_by_half_its_round_trip_at_most(ahead, trips):
    offset, now = Offset(), 100.0
    for there, back in trips:
        offset = offset.heard(now, now + there + back, round((now + there) * 1000) + ahead)
        now += there + back + 1
    best = offset.best
    assert best.round_trip <= min(there + back for there, back in trips[-8:]) * 1000 + 0.01
    assert abs(best.offset - ahead) <= best.round_trip / 2 + 1


def test_nothing_is_claimed_before_the_first_answer():
    assert Offset().best is None
    assert Offset().service_time(5.0) is None


def test_old_samples_are_forgotten():
    offset = Offset().heard(0, 0, 77)
    for second in range(8):
        offset = offset.heard(second, second + 1, second * 1000 + 500)
    assert offset.best.offset == 0
