from logs.telling import entry, start
from ws101.logs.entry import Told
from ws101.logs.kind import kind
from ws101.logs.story import Story
from ws101.report import Hop


def opened(took, status=101):
    start()
    return Story(
        (entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx", path="/ws", status=status, took=took),)
    )


def test_sockets_that_a_time_out_may_have_cut_are_not_of_one_kind_with_others():
    assert kind(opened(60.02)) == kind(opened(59.98))
    assert len({kind(opened(took)) for took in (None, 0.2, 23.0, 60.0, 100.0)}) == 5
    assert kind(opened(23.0)) == kind(opened(47.0))


def test_how_long_a_refusal_took_tells_only_whether_something_was_waited_for():
    assert kind(opened(60.0, 504)) == kind(opened(30.0, 504)) != kind(opened(0.1, 504))
