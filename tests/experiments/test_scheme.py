from msgspec.structs import replace

from causes.building import HOST, make_request, make_sending
from experiments.baselines import SETTINGS, TOKEN, asking, changed, sent, tried
from ws101.attempt import TlsSettings
from ws101.experiments.scheme import PLAIN_DAMAGE, PLAIN_INSTEAD, TLS_DAMAGE, TLS_INSTEAD
from ws101.terms import Family


def test_tls_is_spoken_as_the_user_would():
    plain = make_sending(tls=False, port=8080)
    there = sent(TLS_INSTEAD, plain, tls_settings=SETTINGS)
    assert there.tls == SETTINGS
    assert changed(plain, there) == {"tls"}


def test_without_settings_tls_asks_for_the_host():
    assert sent(TLS_INSTEAD, make_sending(tls=False)).tls == TlsSettings(HOST, HOST)


def test_what_is_there_already_is_not_tried():
    assert tried(TLS_INSTEAD, make_sending()) is None
    assert tried(PLAIN_INSTEAD, make_sending(tls=False)) is None


def test_plain_keeps_the_port_and_leaves_the_token_at_home():
    secure = replace(asking(("Authorization", f"Bearer {TOKEN}"), ("X-One", "1")), port=8443)
    there = sent(PLAIN_INSTEAD, secure)
    assert (there.tls, there.port, there.scheme) == (None, 8443, "ws")
    assert there.request == make_request(("X-One", "1"))


def test_as_damages_they_send_the_same():
    assert sent(PLAIN_DAMAGE) == sent(PLAIN_INSTEAD)
    assert sent(TLS_DAMAGE, make_sending(tls=False)) == sent(TLS_INSTEAD, make_sending(tls=False))
    assert {PLAIN_DAMAGE.family, TLS_DAMAGE.family} == {Family.DAMAGE}
