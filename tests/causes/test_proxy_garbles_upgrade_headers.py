from causes.building import make_answer, make_attempt, make_evidence, make_refusal, make_request, make_sending
from causes.recorded import behind_nginx, recorded
from causes.witnessed import witnessed
from ws101.cause import RuledOut, Unknown
from ws101.causes.proxy_garbles_upgrade_headers import judge
from ws101.signature import Says
from ws101.terms import Certainty

NO_KEY = recorded("websockets-no-key")


def refusal_quoting(field, value):
    return make_answer(
        400,
        f"No WebSocket UPGRADE hdr: {value}" if field == "Upgrade" else f"invalid Connection header: {value}",
    )


def test_a_value_that_was_not_sent_is_quoted():
    ruling = judge(behind_nginx(make_answer(426, "Failed to open: invalid Upgrade header: http_upgrade.")))
    assert ruling.certainty is Certainty.LIKELY
    assert ruling.facts[0].text == "the refusal quotes Upgrade: http_upgrade, but Upgrade: websocket was sent"


def test_connection_close_is_what_a_proxy_that_drops_the_upgrade_sends_too():
    ruling = judge(behind_nginx(make_answer(426, "invalid Connection header: close.")))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "proxy-drops-upgrade-headers")


def test_the_value_that_was_sent_is_quoted():
    assert isinstance(judge(behind_nginx(make_answer(426, "invalid Upgrade header: websocket"))), RuledOut)


def test_no_value_is_quoted():
    assert isinstance(judge(behind_nginx(recorded("aiohttp-no-upgrade"))), Unknown)


def test_the_server_misses_a_key_that_was_sent():
    ruling = judge(behind_nginx(NO_KEY))
    assert ruling.certainty is Certainty.LIKELY
    assert "Sec-WebSocket-Key" in ruling.remedy.text
    assert ruling.remedy.patch == "proxy_pass_request_headers on;"


def test_the_client_itself_sent_no_key():
    keyless = make_sending(make_request(without=["Sec-WebSocket-Key"]))
    assert isinstance(judge(behind_nginx(NO_KEY, sending=keyless)), Unknown)


def test_the_version_is_answered_otherwise():
    refusal = make_refusal(404, Says.NOT_A_HANDSHAKE)
    assert judge(behind_nginx(refusal, {"version-99": make_answer(426)})).experiment == "version-99"


def test_an_upgrade_that_arrives_may_have_lost_its_key():
    """trio-websocket 0.12.2 answers a bare 400 then, and 426 to another version: so the key is looked for behind that."""
    refusal = make_answer(400)
    assert isinstance(judge(behind_nginx(refusal, {"version-99": make_answer(426)})), Unknown)


def test_another_change_makes_the_upgrade_pass():
    assert judge(behind_nginx(NO_KEY, {"own-origin": make_answer(101)})).experiment == "own-origin"


def test_the_server_itself_refuses_so():
    assert judge(behind_nginx(NO_KEY, {"direct": NO_KEY})).experiment == "direct"


def test_no_proxy_was_seen():
    assert isinstance(judge(make_evidence(make_attempt(answer=NO_KEY))), Unknown)


def test_an_upgrade_that_passes():
    assert isinstance(judge(make_evidence(make_attempt(answer=make_answer(101)))), RuledOut)


def test_what_apache_sends_by_itself_is_another_reading_of_what_is_not_passed_on():
    refusal = make_answer(
        426, "Failed to open a WebSocket connection: invalid Connection header: Keep-Alive.\n"
    )
    ruling = judge(behind_nginx(refusal))
    assert (ruling.certainty, ruling.behind) == (Certainty.POSSIBLE, "proxy-drops-upgrade-headers")


def test_the_servers_own_record_has_another_value():
    ruling = judge(witnessed("upgrade-header-missing", ("Upgrade", "http_upgrade"), without=("Upgrade",)))
    assert (ruling.certainty, ruling.remedy) == (Certainty.LIKELY, None)
    closing = ("connection-header-lacks-upgrade", ("Connection", "close"))
    assert judge(witnessed(*closing, without=("Connection",))).certainty is Certainty.LIKELY


def test_the_servers_own_record_has_no_key():
    ruling = judge(witnessed("websocket-key-invalid", without=("Sec-WebSocket-Key",)))
    assert ruling.remedy.text.startswith("Let Sec-WebSocket-Key through")


def test_the_servers_own_record_has_them_as_they_should_be():
    kept = witnessed("token-expired", ("Connection", "keep-alive, Upgrade"), without=("Connection",))
    assert isinstance(judge(kept), RuledOut)
    lost = witnessed(
        "proxy-drops-upgrade-headers", ("Connection", "close"), without=("Upgrade", "Connection")
    )
    assert isinstance(judge(lost), RuledOut)
