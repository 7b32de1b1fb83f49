from mending import handshake, in_server, read

from ws101.nginx.mend import mend
from ws101.nginx.radius import radius

LINES = '            proxy_http_version 1.1;\n            proxy_set_header Upgrade $http_upgrade;\n            proxy_set_header Connection "upgrade";\n'


def touched(text, target="/ws", **options):
    configuration = read(text)
    done = mend(configuration, handshake(target), **options)
    assert done.made
    return {one.title: one for one in radius(configuration, done.after, handshake(target))}


def test_a_repair_in_a_location_changes_that_one_alone():
    text = in_server(
        "        location /ws { proxy_pass http://a; }\n        location /api { proxy_pass http://b; }\n"
    )
    ((title, one),) = touched(text).items()
    assert (title, one.asked, one.plain) == ("/ws of the server on 80 (nginx.conf:4)", True, True)
    assert set(one.changes) == {"HTTP/1.1", "Upgrade", "Connection"}


def test_a_line_that_others_inherit_changes_them_too():
    text = in_server(
        "        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection close;\n"
        "        location /ws { proxy_pass http://a; }\n        location /api { proxy_pass http://b; location ~ x { proxy_pass http://c; } }\n"
        "        location /own { proxy_set_header X 1; proxy_pass http://b; }\n        location /files { root /x; }\n"
    )
    found = touched(text)
    assert set(found) == {
        "/ws of the server on 80 (nginx.conf:7)",
        "/api of the server on 80 (nginx.conf:8)",
        "~ x of the server on 80 (nginx.conf:8)",
    }
    assert all(one.changes == ("Connection",) and not one.plain for one in found.values())


def test_a_map_changes_every_location_that_uses_it():
    body = LINES.replace('"upgrade"', "$c")
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{body}        }}\n        location /b {{\n            proxy_pass http://b;\n{body}        }}\n",
        "    map $http_upgrade $c { default close; '' ''; }\n",
    )
    found = touched(text)
    assert [one.plain for one in found.values()] == [False, False]


def test_a_location_that_gives_way_loses_its_path():
    text = in_server(
        f"        location ~ ^/ws/in {{ root /x; }}\n        location /ws {{\n            proxy_pass http://a;\n{LINES}        }}\n"
        "        location /ws/in/side { root /y; }\n"
    )
    found = touched(text, "/ws/in", unsafe=True)
    assert set(found) == set()  # the longest prefix is asked for alone, and no other one's path is taken
    text = text.replace("location /ws {", "location /ws/in {")
    found = touched(text, "/ws/in", unsafe=True)
    assert found["/ws/in of the server on 80 (nginx.conf:5)"].changes == ("which location takes its path",)


def test_a_snippet_of_two_servers_is_told_apart_by_their_names():
    snippet = "location /ws { proxy_pass http://a; }\nlocation /api { proxy_pass http://b; }\n"
    text = (
        "http {\nserver { listen 80; server_name app.test; include shared.conf; }\n"
        "server { listen 80; server_name b.test www.b.test; include shared.conf; }\n"
        "server { listen 81; include shared.conf; }\n}\n"
    )
    configuration = read(text, shared_conf=snippet)
    done = mend(configuration, handshake("/ws"))
    found = radius(configuration, done.after, handshake("/ws"))
    assert {(one.title, one.asked) for one in found} == {
        ("/ws of app.test (shared.conf:1)", True),
        ("/ws of b.test, www.b.test (shared.conf:1)", False),
        ("/ws of the server on 81 (shared.conf:1)", False),
    }


def test_a_server_that_only_a_running_nginx_knows_is_no_reason_to_be_silent():
    snippet = "location /ws { proxy_set_header Connection close; proxy_pass http://$up; limit_except POST { deny all; } }\n"
    text = (
        "http {\nserver { listen 80; server_name app.test; set $up a; include shared.conf; }\n"
        "server { listen 81; set $up b; include shared.conf; }\n}\n"
    )
    configuration = read(text, shared_conf=snippet)
    done = mend(configuration, handshake("/ws"), unsafe=True)
    found = {one.title: one for one in radius(configuration, done.after, handshake("/ws"))}
    other = found["/ws of the server on 81 (shared.conf:1)"]
    assert not other.asked
    assert {"proxy_set_header", "limit_except"} <= set(other.changes)
