"""`ws101 nginx lint`: statuses, formats, what is said and what is not."""

import json
from pathlib import Path

import jsonschema
import pytest

from render.sarif_standard import breaches
from ws101.render import nginx_lint

FIVE = Path(__file__).parent.parent / "nginx" / "five"
FORMATS = ("text", "json", "sarif", "github", "markdown")
CLEAN = """\
http {
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    server {
        listen 80;
        location /ws/ {
            proxy_pass http://127.0.0.1:3000;
            proxy_http_version 1.1;
            proxy_read_timeout 1h;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }
    }
}
"""


@pytest.fixture
def config(tmp_path):
    """Write a configuration, and return its path."""

    def write(text, name="nginx.conf"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


@pytest.mark.parametrize("form", FORMATS)
def test_the_status_is_the_same_in_every_format(ws101, config, form):
    broken, clean = str(FIVE / "broken.conf"), config(CLEAN)
    unknown = config("server { listen 80; location / { root html; } }", "plain.conf")
    assert ws101("nginx", "lint", broken, "--format", form).status == 1
    assert ws101("nginx", "lint", clean, "--format", form).status == 0
    assert ws101("nginx", "lint", unknown, "--format", form).status == 3


def test_text_marks_the_users_own_line(ws101):
    said = ws101("nginx", "lint", FIVE / "broken.conf", "--nginx-version", "1.31.0").out
    assert "error[upgrade-literal]" in said
    assert "38 │             proxy_set_header Upgrade http_upgrade;" in said
    assert "│             ^^^^^^^^^" in said
    assert "✗ 5 errors" in said
    assert "for nginx 1.31.0\n" in said
    assert "ws101 nginx fix" in said


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_no_line_is_wider_than_the_terminal_but_the_command_to_copy(ws101, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    lines = ws101("nginx", "lint", FIVE / "broken.conf", "--min-severity", "note").out.splitlines()
    assert [line for line in lines if len(line) > int(width) and "ws101 nginx fix" not in line] == []


def test_where_only_ascii_can_be_shown_it_is(ws101, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert ws101("nginx", "lint", FIVE / "broken.conf").out.isascii()


def test_json_fits_its_schema(ws101, config):
    schema = json.loads((Path(nginx_lint.__file__).parent / "schema.json").read_text())
    suppressed = CLEAN.replace(
        "$http_upgrade;\n            proxy_set_header Conn",
        "x; # ws101: ignore upgrade-literal -- a test\n            proxy_set_header Conn",
    )
    for arguments in (
        [FIVE / "broken.conf", "--min-severity", "note"],
        [config(suppressed)],
        [config("server {", "cut.conf")],
    ):
        document = json.loads(ws101("nginx", "lint", *arguments, "--json").out)
        jsonschema.validate(document, schema)
    assert document["incomplete"]


def test_edits_of_the_json_make_the_finding_go_away(ws101, tmp_path, config):
    path = config(CLEAN.replace("Upgrade $http_upgrade", "Upgrade http_upgrade"))
    (finding,) = json.loads(ws101("nginx", "lint", path, "--json").out)["findings"]
    (edit,) = finding["fix"]["edits"]
    lines = Path(path).read_text().splitlines(keepends=True)
    line = lines[edit["line"] - 1]
    lines[edit["line"] - 1] = line[: edit["column"] - 1] + edit["insert"] + line[edit["end_column"] - 1 :]
    Path(path).write_text("".join(lines))
    assert ws101("nginx", "lint", path).status == 0


@pytest.mark.parametrize("name", ["broken.conf", "repaired.conf"])
def test_sarif_fits_the_standards_schema(ws101, name):
    log = json.loads(ws101("nginx", "lint", FIVE / name, "--min-severity", "note", "--format", "sarif").out)
    assert breaches(log) == []


def test_sarif_points_to_rules_regions_and_fixes(ws101):
    (run,) = json.loads(ws101("nginx", "lint", FIVE / "broken.conf", "--format", "sarif").out)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == 5
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("broken.conf")
        region = place["region"]
        assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert any(result.get("fixes") for result in run["results"])
    assert any(result.get("relatedLocations") for result in run["results"])


def test_sarif_has_what_a_comment_lets_pass_and_what_was_not_seen(ws101, config):
    text = CLEAN.replace(
        "http_host;", "http_host;\n            # ws101: ignore upgrade-literal -- it is a test"
    ).replace("Upgrade $http_upgrade", "Upgrade http_upgrade")
    log = json.loads(ws101("nginx", "lint", config(text + "include gone.conf;"), "--format", "sarif").out)
    assert breaches(log) == []
    (run,) = log["runs"]
    (result,) = run["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "it is a test"}]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "gone.conf" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_github_shows_a_finding_beside_its_line(ws101, monkeypatch):
    monkeypatch.chdir(FIVE)
    lines = ws101("nginx", "lint", "broken.conf", "--format", "github").out.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("::error file=broken.conf,line=27,col=13,endColumn=")
    assert "title=inheritance-lost::" in lines[0]


def test_markdown_keeps_the_users_text_from_being_markup(ws101, config):
    path = config(CLEAN.replace("Upgrade $http_upgrade", "Upgrade '<b>*x*</b>'"))
    said = ws101("nginx", "lint", path, "--format", "markdown").out
    assert "Upgrade: \\<b\\>\\*x\\*" in said


def test_a_file_below_here_is_named_from_here_and_one_below_root_where_it_lies(ws101, tmp_path, monkeypatch):
    (tmp_path / "image/etc/nginx").mkdir(parents=True)
    (tmp_path / "image/etc/nginx/nginx.conf").write_text("http { include /etc/nginx/ws.conf; }")
    (tmp_path / "image/etc/nginx/ws.conf").write_text(
        "server { listen 80; location /ws { proxy_pass http://127.0.0.1:1; } }"
    )
    monkeypatch.chdir(tmp_path)
    found = json.loads(ws101("nginx", "lint", "/etc/nginx/nginx.conf", "--root", "image", "--json").out)[
        "findings"
    ]
    assert {one["place"]["file"] for one in found} == {"image/etc/nginx/ws.conf"}


def test_a_dump_is_read_and_its_files_are_named_as_there(ws101, config):
    dump = f"# configuration file /etc/nginx/nginx.conf:\n{(FIVE / 'broken.conf').read_text()}\n"
    assert "/etc/nginx/nginx.conf:27:13" in ws101("nginx", "lint", config(dump, "dump.txt")).out


def test_urls_and_logs_say_which_sockets_are_meant(ws101, config, tmp_path):
    path = config(CLEAN.replace("location /ws/", "location /feed/"))
    log = tmp_path / "access.log"
    log.write_text('127.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /feed/1 HTTP/1.1" 101 9 "-" "-"\n')
    for flags in (["--url", "ws://a.test/feed/1"], ["--access-log", str(log)]):
        document = json.loads(ws101("nginx", "lint", path, *flags, "--json").out)
        assert [one["url"].rpartition("/feed/")[2] for one in document["sockets"]] == ["1"]
    assert "line 1 of the access log" in document["sockets"][0]["why"]


def test_secrets_of_the_configuration_stay_in_it(ws101, config):
    text = CLEAN.replace(
        "proxy_read_timeout 1h;",
        'proxy_set_header X-Api-Token "tok-0123456789abcdef";\n            proxy_set_header Authorization "Bearer abcdef.ghijkl.mnopqr";',
    ).replace("http://127", "http://user:hunter2@127")
    for form in FORMATS:
        said = ws101("nginx", "lint", config(text), "--min-severity", "note", "--format", form).said
        assert "0123456789abcdef" not in said
        assert "ghijkl" not in said
        assert "hunter2" not in said
        assert "authorization-stripped" in said


def test_a_repair_that_would_write_a_secret_is_left_out(ws101, config):
    text = CLEAN.replace("            proxy_set_header Connection $connection_upgrade;\n", "").replace(
        "listen 80;",
        'listen 80;\n        proxy_set_header Connection $connection_upgrade;\n        proxy_set_header X-Api-Token "tok-0123456789abcdef";',
    )
    said = ws101("nginx", "lint", config(text), "--json").out
    assert "0123456789abcdef" not in said
    assert all(
        "[token" not in edit["insert"]
        for one in json.loads(said)["findings"]
        if one["fix"]
        for edit in one["fix"]["edits"]
    )


def test_the_pages_and_the_list(ws101):
    listed = ws101("nginx", "lint", "--list")
    assert listed.status == 0
    assert "inheritance-lost" in listed.out
    page = ws101("nginx", "lint", "--explain", "inheritance-lost")
    assert page.status == 0
    assert "What to do" in page.out
    assert "Did you mean" in ws101.wrong("nginx", "lint", "--explain", "inheritance-loss")
    assert "there is no rule" in ws101.wrong("nginx", "lint", str(FIVE / "broken.conf"), "--rule", "nope")


def test_one_rule_alone(ws101):
    document = json.loads(
        ws101("nginx", "lint", FIVE / "broken.conf", "--rule", "upgrade-literal", "--json").out
    )
    assert [one["rule"] for one in document["findings"]] == ["upgrade-literal"]


def test_severities_and_what_they_hide(ws101):
    few = json.loads(ws101("nginx", "lint", FIVE / "broken.conf", "--min-severity", "error", "--json").out)
    many = json.loads(ws101("nginx", "lint", FIVE / "broken.conf", "--min-severity", "note", "--json").out)
    assert {one["severity"] for one in few["findings"]} == {"error"}
    assert len(few["findings"]) + few["hidden"] == len(many["findings"])


def test_an_unknown_version_is_told_as_one(ws101, config):
    path = config(CLEAN.replace("            proxy_http_version 1.1;\n", ""))
    assert "http-1.0-upstream" in ws101("nginx", "lint", path).out
    assert ws101("nginx", "lint", path, "--nginx-version", "1.31.0").status == 0
    old = ws101("nginx", "lint", path, "--nginx-version", "1.24.0")
    assert "error[http-1.0-upstream]" in old.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.conf"],
        [str(FIVE / "broken.conf"), "--url", "no url"],
        [str(FIVE / "broken.conf"), "--access-log", "gone.log"],
        [],
    ],
)
def test_what_cannot_be_used_is_said(ws101, arguments, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ws101.wrong("nginx", "lint", *arguments)


def test_output_goes_to_a_file(ws101, tmp_path):
    ran = ws101("nginx", "lint", FIVE / "broken.conf", "--format", "sarif", "-o", tmp_path / "out.sarif")
    assert ran.status == 1
    assert ran.out == ""
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"


ONE_LINE = "events {}\nhttp {\n  server {\n    listen 80;\n    location /ws { proxy_pass http://127.0.0.1:1; proxy_http_version 1.1; }\n  }\n}\n"


def test_a_repair_of_one_line_is_shown_as_one(ws101, config):
    said = ws101("nginx", "lint", config(ONE_LINE)).out
    shown = [line.strip() for line in said.splitlines() if line.strip().startswith("┃")]
    assert len([line for line in shown if line.startswith("┃ -")]) == 1
    assert shown[-6:] == [
        "┃ +     location /ws {",
        "┃ +       proxy_pass http://127.0.0.1:1;",
        "┃ +       proxy_set_header Upgrade $http_upgrade;",
        "┃ +       proxy_set_header Connection $connection_upgrade;",
        "┃ +       proxy_http_version 1.1;",
        "┃ +     }",
    ]


def test_windows_line_ends_keep_their_repair(ws101, config, tmp_path):
    path = Path(config(""))
    path.write_bytes(ONE_LINE.replace("\n", "\r\n").encode())
    found = json.loads(ws101("nginx", "lint", path, "--json").out)["findings"]
    edits = [edit["insert"] for one in found if one["fix"] for edit in one["fix"]["edits"]]
    assert any("\r\n" in text for text in edits)


def test_a_redacted_line_keeps_what_stands_behind_the_secret(ws101, config):
    text = CLEAN.replace(
        "proxy_read_timeout 1h;", 'proxy_set_header Authorization "Bearer s3cr3t-token-abcdef123456";'
    )
    said = ws101("nginx", "lint", config(text)).out
    assert "+             proxy_set_header Authorization $http_authorization;\n" in said


def test_the_command_that_repairs_names_the_root_and_no_query(ws101, tmp_path):
    (tmp_path / "etc" / "nginx").mkdir(parents=True)
    main = tmp_path / "etc" / "nginx" / "nginx.conf"
    main.write_text(ONE_LINE.replace("proxy_pass http://127.0.0.1:1;", "proxy_pass http://127.0.0.1:1/?x=1;"))
    said = ws101("nginx", "lint", tmp_path, "--root", tmp_path, "--url", "ws://a/ws?token=0123456789abc").out
    assert said.endswith(f"ws101 nginx fix {tmp_path} --root {tmp_path} --url ws://a/ws\n")
    assert "ws://a/ws: it is asked for" in said.replace("\n        ", " ") or "note: ws://a/ws: " in said


def test_what_nginx_answers_itself_without_a_rule_for_it_is_not_passed_over(ws101, config):
    text = CLEAN.replace("proxy_pass", "if ($http_origin !~ good) { return 403; }\n            proxy_pass")
    result = ws101("nginx", "lint", config(text))
    assert result.status == 3
    assert "is answered 403 by nginx itself, unless the client sends" in " ".join(result.out.split())
