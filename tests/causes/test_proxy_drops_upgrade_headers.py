from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence, make_refusal
from causes.recorded import BAD_HOST, behind_nginx, recorded, seen
from causes.witnessed import witnessed
from ws101.attempt import Ending
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_drops_upgrade_headers import judge
from ws101.handshake.answer import NOTHING
from ws101.signature import Says
from ws101.terms import Certainty

BLIND = recorded("nginx 1.22.1: passes on aiohttp's 400")  # No WebSocket UPGRADE hdr
NOT_FOUND = recorded("nginx 1.22.1: passes on Starlette's 404")
WORKS = make_answer(101)


def sources(ruling):
    return [fact.source for fact in ruling.facts]


def test_a_server_that_says_that_no_upgrade_came():
    ruling = judge(behind_nginx(BLIND, {"plain-get": BLIND, "version-99": BLIND}))
    assert ruling.certainty is Certainty.LIKELY
    assert sources(ruling)[1:4] == ["the answer", "experiment plain-get", "experiment version-99"]


def test_the_answer_to_a_plain_get_fits_a_server_without_websockets_as_well():
    same = {"plain-get": NOT_FOUND, "version-99": NOT_FOUND}
    assert judge(behind_nginx(NOT_FOUND, same)).certainty is Certainty.POSSIBLE


def test_what_says_nothing_is_not_quoted():
    page = make_answer(404, "<h1>?</h1>")
    ruling = judge(behind_nginx(page, {"plain-get": page, "version-99": page}))
    assert ruling.certainty is Certainty.POSSIBLE
    assert "the answer" not in sources(ruling)


def test_the_server_itself_answers_only_a_plain_get_so():
    direct = {"direct": WORKS, "direct-plain-get": NOT_FOUND, "direct-nonsense-path": make_answer(403)}
    ruling = judge(behind_nginx(NOT_FOUND, direct))
    assert ruling.certainty is Certainty.PROVEN
    assert sources(ruling) == ["experiment direct", "experiment direct-plain-get"]


def test_the_server_itself_answers_other_damages_so_as_well():
    direct = {"direct": WORKS, "direct-plain-get": NOT_FOUND, "direct-nonsense-path": NOT_FOUND}
    assert judge(behind_nginx(NOT_FOUND, direct)).certainty is Certainty.POSSIBLE


def test_the_server_itself_answers_a_plain_get_otherwise():
    direct = {"direct": WORKS, "direct-plain-get": make_answer(200, "hello")}
    assert judge(behind_nginx(NOT_FOUND, direct)).experiment == "direct-plain-get"


def test_a_websocket_layer_saw_the_version():
    assert judge(behind_nginx(make_answer(403), {"version-99": make_answer(426)})).experiment == "version-99"


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(NOT_FOUND, {"direct": NOT_FOUND})).experiment == "direct"


def test_another_change_makes_the_upgrade_pass():
    ruling = judge(behind_nginx(BLIND, {"own-origin": WORKS}))
    assert ruling == RuledOut("with one other change an upgrade passes", "own-origin")


def test_without_a_proxy_in_sight_the_answer_to_a_plain_get_says_nothing():
    same = {"plain-get": NOT_FOUND, "version-99": NOT_FOUND}
    plain = make_answer(404, "Not Found", {"Content-Type": "text/plain; charset=utf-8"})
    same = dict.fromkeys(same, plain)
    assert judge(seen(plain, {**same, "malformed-host": make_answer(400)})).experiment == "malformed-host"
    assert isinstance(judge(seen(plain, same)), Unknown)


def test_an_earlier_check_hides_it():
    assert isinstance(judge(behind_nginx(make_refusal(401, Says.CREDENTIALS))), Unknown)


def test_an_upgrade_that_passes():
    assert judge(make_evidence(make_attempt(answer=WORKS))) == RuledOut("an upgrade passes the proxy")


def test_the_server_itself_asks_for_credentials_once_the_upgrade_arrives():
    direct = {
        "direct": make_answer(401),
        "direct-plain-get": NOT_FOUND,
        "direct-nonsense-path": make_answer(403),
    }
    ruling = judge(behind_nginx(NOT_FOUND, direct))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "straight to the server: 401"


def test_the_server_itself_words_a_plain_get_otherwise():
    other = make_answer(426, "invalid Connection header: close")
    direct = {"direct": WORKS, "direct-plain-get": make_answer(426, "missing Connection header")}
    same = {"plain-get": other, "version-99": other}
    assert judge(behind_nginx(other, {**same, **direct})).certainty is Certainty.LIKELY


def test_a_route_that_is_no_websocket_saw_the_upgrade():
    mismatch = recorded("werkzeug-400")
    results = {"plain-get": make_answer(200), "version-99": mismatch}
    assert isinstance(judge(behind_nginx(mismatch, results)), Unknown)


def unanswered(**answers):
    """Return the evidence of a handshake that nginx passed on into silence, as it did all but these experiments."""
    results = {
        "malformed-host": BAD_HOST,
        "plain-get": NOTHING,
        "version-99": NOTHING,
        "nonsense-path": NOTHING,
    }
    evidence = make_evidence(make_attempt(ending=Ending.SILENT), {**results, **answers})
    waits = {n: a if a.status else replace(a, ending=Ending.SILENT) for n, a in evidence.attempts.items()}
    return replace(evidence, attempts=waits)


def test_a_server_without_a_handler_for_plain_requests_leaves_them_waiting():
    assert judge(unanswered()).certainty is Certainty.POSSIBLE
    assert isinstance(judge(unanswered(**{"nonsense-path": make_answer(404)})), Unknown)


def test_the_servers_own_record_has_no_upgrade():
    ruling = judge(
        witnessed("proxy-drops-upgrade-headers", ("Connection", "close"), without=("Upgrade", "Connection"))
    )
    assert ruling.certainty is Certainty.LIKELY
    assert [fact.source for fact in ruling.facts] == ["the server's trace"] * 2
    assert (
        judge(witnessed("connection-header-lacks-upgrade", without=("Connection",))).certainty
        is Certainty.LIKELY
    )


def test_the_servers_own_record_has_both():
    assert judge(witnessed("token-expired")) == RuledOut("the server's own record has them")
