from cryptography.hazmat.primitives.serialization import Encoding

from ws101.lab.certificates import Signed, authority, leaf
from ws101.observed import Certificate
from ws101.probe.certificate import covers, parse, parse_all, read_pem, signs, top


def der(signed: Signed) -> bytes:
    return signed.certificate.public_bytes(Encoding.DER)


def plain(*signed: Signed) -> tuple[Certificate, ...]:
    return parse_all(der(one) for one in signed)


ROOT = authority("a root")
MIDDLE = authority("a middle", ROOT)
LEAF = leaf(MIDDLE, ("App.test", "*.wild.test", "::1"), issuer_url="http://authority.test/middle.cer")
SELF_SIGNED = leaf(None, ("alone.test",))


def test_leaf_says_what_it_says():
    (seen,) = plain(LEAF)
    assert seen.subject == "CN=App.test"
    assert seen.issuer == "CN=a middle"
    assert seen.names == ("app.test", "*.wild.test", "::1")
    assert seen.issuer_url == "http://authority.test/middle.cer"
    assert seen.not_before < seen.not_after
    assert (seen.self_issued, seen.is_authority, seen.signed_by_itself) == (False, False, False)


def test_self_signed_and_authorities_are_told_apart():
    alone, root = plain(SELF_SIGNED, ROOT)
    assert (alone.self_issued, alone.signed_by_itself, alone.is_authority) == (True, True, False)
    assert (root.self_issued, root.signed_by_itself, root.is_authority) == (True, True, True)


def test_same_name_with_another_key_is_not_signed_by_itself():
    impostor = leaf(authority("alone.test"), ("alone.test",))
    (seen,) = plain(impostor)
    assert (seen.self_issued, seen.signed_by_itself) == (True, False)


def test_bytes_that_are_no_certificate():
    assert parse(b"no certificate") is None
    assert parse(der(LEAF)[:-1]) is None
    assert parse_all([b"", der(LEAF)]) == plain(LEAF)


def test_pem_holds_several():
    assert read_pem(LEAF.pem + b"between\n" + ROOT.pem) == plain(LEAF, ROOT)


def test_top_follows_issuers_whatever_the_order():
    leaf_, middle, root, stranger = plain(LEAF, MIDDLE, ROOT, SELF_SIGNED)
    assert top([leaf_]) == leaf_
    assert top([leaf_, middle]) == middle
    assert top([leaf_, root, middle]) == root
    assert top([leaf_, stranger]) == leaf_


def test_name_alone_is_no_signature():
    leaf_, middle, namesake = plain(LEAF, MIDDLE, authority("a middle", ROOT))
    assert signs(middle, leaf_)
    assert not signs(namesake, leaf_)


def test_names_cover():
    (seen,) = plain(LEAF)
    assert covers(seen, "APP.test.")
    assert covers(seen, "x.wild.test")
    assert covers(seen, "[0::1]")
    for name in ("wild.test", "y.x.wild.test", "other.test", ".wild.test", "127.0.0.1", ""):
        assert not covers(seen, name)
