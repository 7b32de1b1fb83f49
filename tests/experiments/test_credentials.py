import pytest

from causes.building import make_request, make_sending
from experiments.baselines import TOKEN, asking, sent, tried
from ws101.experiment import Experiment
from ws101.experiments import credentials
from ws101.tokens import credential
from ws101.tokens.reading import Place

BEARER = asking(("Authorization", f"Bearer {TOKEN}"))
PLACES = {
    Place.HEADER: BEARER,
    Place.QUERY: asking(target=f"/ws?a=b&token={TOKEN}"),
    Place.COOKIE: asking(("Cookie", f"a=b; token={TOKEN}")),
    Place.SUBPROTOCOL: asking(("Sec-WebSocket-Protocol", f"bearer, {TOKEN}")),
}
MOVES = {
    Place.HEADER: credentials.IN_HEADER,
    Place.QUERY: credentials.IN_QUERY,
    Place.COOKIE: credentials.IN_COOKIE,
    Place.SUBPROTOCOL: credentials.IN_SUBPROTOCOL,
}
EVERY = [e for e in vars(credentials).values() if isinstance(e, Experiment)]


def authorization(sending):
    return sending.request.headers.get_all("authorization")


@pytest.mark.parametrize("experiment", EVERY, ids=lambda e: e.name)
def test_without_credentials_nothing_is_tried(experiment):
    assert tried(experiment, make_sending(), fresh_token="f", stale_token="s") is None


@pytest.mark.parametrize("source", PLACES)
@pytest.mark.parametrize("goal", MOVES)
def test_the_token_is_moved_whole_and_from_where_it_was(source, goal):
    there = tried(MOVES[goal], PLACES[source])
    if source is goal:
        assert there is None
        return
    found = credential.find(there.request)
    assert [c.place for c in found] == [goal]
    assert credential.plain(found[0]) == TOKEN
    others = [c for c in ("a=b", "chat") if c in PLACES[source].request.target]
    assert all(text in there.request.target for text in others)


@pytest.mark.parametrize("place", PLACES)
def test_it_is_left_out_broken_and_replaced_where_it_stands(place):
    sending = PLACES[place]
    assert credential.find(sent(credentials.WITHOUT, sending).request) == ()
    for experiment, value in (
        (credentials.FRESH, "fr.es.h"),
        (credentials.STALE, "st.al.e"),
        (credentials.SHORT, "x"),
    ):
        there = sent(experiment, sending, fresh_token="fr.es.h", stale_token="st.al.e")
        assert there.request == credential.replaced(
            sending.request, credential.find(sending.request)[0], value
        )
        assert there != sending
    (broken,) = credential.find(sent(credentials.BROKEN, sending).request)
    assert broken.place is place
    assert broken.value != TOKEN
    assert broken.value.rpartition(".")[0] == TOKEN.rpartition(".")[0]


def test_without_any_token_means_all_of_them():
    sending = asking(
        ("Authorization", "Basic YTpi"), ("Cookie", f"token={TOKEN}"), target=f"/ws?token={TOKEN}"
    )
    assert sent(credentials.WITHOUT, sending).request == make_request()


@pytest.mark.parametrize("experiment", [credentials.FRESH, credentials.STALE])
def test_nothing_is_signed_without_a_secret(experiment):
    assert tried(experiment, BEARER) is None


@pytest.mark.parametrize("text", [f'Bearer "{TOKEN}"', f"Bearer Bearer {TOKEN}", TOKEN, f"Bearer  {TOKEN} "])
def test_a_blemished_token_is_tidied(text):
    assert authorization(sent(credentials.TIDY, asking(("Authorization", text)))) == (f"Bearer {TOKEN}",)


def test_a_tidy_token_and_a_password_are_left_alone():
    assert tried(credentials.TIDY, BEARER) is None
    assert tried(credentials.TIDY, asking(("Authorization", "Basic YTpi"))) is None


@pytest.mark.parametrize(
    ("experiment", "written"),
    [
        (credentials.NO_BEARER, (TOKEN,)),
        (credentials.DOUBLE_BEARER, (f"Bearer Bearer {TOKEN}",)),
        (credentials.QUOTED, (f'Bearer "{TOKEN}"',)),
        (credentials.TWICE, (f"Bearer {TOKEN}",) * 2),
        (credentials.IN_QUERY_ONLY, ()),
    ],
)
def test_the_mistakes_of_clients(experiment, written):
    assert authorization(sent(experiment, BEARER)) == written


@pytest.mark.parametrize(
    "experiment", [credentials.NO_BEARER, credentials.DOUBLE_BEARER, credentials.QUOTED, credentials.TWICE]
)
@pytest.mark.parametrize("place", [Place.QUERY, Place.COOKIE, Place.SUBPROTOCOL])
def test_mistakes_with_the_header_need_a_token_in_it(experiment, place):
    assert tried(experiment, PLACES[place]) is None
