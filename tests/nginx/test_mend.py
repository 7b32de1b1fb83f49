import pytest
from mending import NEW, OLD, handshake, in_server, mended, read
from msgspec.structs import replace

from ws101.nginx.mend import mend
from ws101.nginx.model import understand
from ws101.nginx.repairs import BY_CAUSE, repair
from ws101.nginx.route import route
from ws101.nginx.simulate import simulate

MAP = "    map $http_upgrade $connection_upgrade {\n        default upgrade;\n        ''      close;\n    }\n"
SOUND = (
    "            proxy_http_version 1.1;\n            proxy_set_header Upgrade $http_upgrade;\n"
    "            proxy_set_header Connection $connection_upgrade;\n"
)


def upgrades(text, target="/ws", nginx=OLD, **more):
    return simulate(route(understand(read(text)), handshake(target, nginx, **more))).upgrades


def test_the_three_lines_and_the_map_are_written():
    text = in_server("        location /ws {\n            proxy_pass http://a;\n        }\n")
    wanted = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n", f"{MAP}\n"
    )
    assert mended(text) == wanted


def test_from_1_29_7_on_nginx_speaks_1_1_by_itself_and_sends_no_connection():
    text = in_server("        location /ws {\n            proxy_pass http://a;\n        }\n")
    after = mended(text, nginx=NEW)
    assert "proxy_http_version" not in after
    assert "''      '';" in after


def test_a_sound_map_is_used_whatever_it_is_called():
    text = in_server(
        "        location /ws {\n            proxy_pass http://a;\n        }\n",
        "    map $http_upgrade $c { default Upgrade; '' ''; }\n",
    )
    after = mended(text)
    assert "proxy_set_header Connection $c;" in after
    assert after.count("map ") == 1


def test_a_name_that_is_taken_is_not_used_for_the_map():
    text = in_server(
        "        location /ws {\n            set $connection_upgrade x; proxy_pass http://a;\n        }\n"
    )
    assert "map $http_upgrade $websocket_connection {" in mended(text)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("proxy_set_header Upgrade http_upgrade;", "proxy_set_header Upgrade $http_upgrade;"),
        ('proxy_set_header Upgrade "";', "proxy_set_header Upgrade $http_upgrade;"),
        ("proxy_http_version 1.0;", "proxy_http_version 1.1;"),
        ("proxy_set_header Connection close;", "proxy_set_header Connection $connection_upgrade;"),
        ("proxy_set_header Connection 'keep-alive';", "proxy_set_header Connection $connection_upgrade;"),
    ],
)
def test_a_wrong_value_is_replaced_and_nothing_else(wrong, right):
    name = " ".join(right.split()[:2]) if "set_header" in right else right.split()[0]
    lines = [line for line in SOUND.splitlines(keepends=True) if name not in line]
    body = "            proxy_pass http://a;\n" + "".join(lines)
    text = in_server(f"        location /ws {{\n{body}            {wrong} # why\n        }}\n", MAP)
    assert mended(text) == text.replace(wrong, right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("default close; '' close;", "default upgrade; '' close;"),
        ("default upgarde; '' close;", "default upgrade; '' close;"),
        ("websocket close; default upgrade;", "websocket upgrade; default upgrade;"),
        ("~*web close; '' x;", "~*web upgrade; '' x;"),
    ],
)
def test_a_wrong_map_is_mended_where_it_is_wrong(wrong, right):
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n",
        f"    map $http_upgrade $connection_upgrade {{ {wrong} }}\n",
    )
    assert mended(text) == text.replace(wrong, right)


def test_a_map_without_an_entry_for_nothing_gets_one_for_websocket():
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n",
        "    map $http_upgrade $connection_upgrade {\n        default close;\n    }\n",
    )
    assert mended(text) == text.replace("default close;\n", "default close;\n        websocket upgrade;\n")


def test_a_variable_that_nobody_defines_gets_its_map():
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND.replace('connection_up', 'conn_up')}        }}\n"
    )
    after = mended(text)
    assert "map $http_upgrade $conn_upgrade {" in after
    assert upgrades(after)


def test_lines_that_a_line_shadows_are_repeated():
    outer = '        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection "upgrade";\n'
    text = in_server(
        f"{outer}        location /ws {{\n            proxy_set_header X 1;\n            proxy_pass http://a;\n        }}\n"
    )
    added = '            proxy_set_header Upgrade $http_upgrade;\n            proxy_set_header Connection "upgrade";\n'
    assert mended(text) == text.replace("proxy_pass http://a;\n", f"proxy_pass http://a;\n{added}")
    done = mend(read(text), handshake())
    assert [one.cause for one in done.made] == ["proxy-header-inheritance-lost"]


def test_lines_above_are_not_lost_to_a_new_one():
    text = in_server(
        "        proxy_set_header Host $host;\n        location /ws {\n            proxy_pass http://a;\n        }\n"
    )
    sent = simulate(route(understand(read(mended(text))), handshake()))
    assert (sent.field("host"), sent.upgrades) == ("app.test", True)


def test_a_wrong_line_above_is_written_right_below_when_another_lacks():
    text = in_server(
        "        proxy_set_header Host $host;\n        proxy_set_header Connection close;\n"
        "        location /ws {\n            proxy_pass http://a;\n        }\n        location /b { proxy_pass http://b; }\n"
    )
    after = mended(text)
    assert upgrades(after)
    assert "        proxy_set_header Connection close;\n        location" in after


def test_line_ends_and_tabs_are_the_files_own():
    text = (
        in_server("        location /ws {\n            proxy_pass http://a;\n        }\n")
        .replace("    ", "\t")
        .replace("\n", "\r\n")
    )
    after = mended(text)
    assert after.count("\n") == after.count("\r\n")
    assert "\t\t\tproxy_http_version 1.1;\r\n" in after
    assert "\tmap $http_upgrade $connection_upgrade {\r\n\t\tdefault upgrade;\r\n" in after
    assert "    " not in after.replace("''      close", "")


@pytest.mark.parametrize(
    "body", ["{ proxy_pass http://a; }", "{proxy_pass http://a;}", "{ proxy_pass http://a;}"]
)
def test_a_block_on_one_line_is_spread(body):
    text = in_server(f"        location /ws {body}\n", MAP)
    assert mended(text) == in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n", MAP
    )


def test_a_whole_configuration_on_one_line_is_still_one():
    assert upgrades(mended("http { server { listen 80; location /ws { proxy_pass http://a; } } }"))


def test_the_map_stands_above_the_servers_comment_in_the_servers_file():
    configuration = read(
        "http { include site; }",
        site="# ours\n# really\nserver {\n  location / {\n    proxy_pass http://a;\n  }\n}\n",
    )
    after = mend(configuration, handshake()).after
    assert after.main.text == configuration.main.text
    (site,) = (file for file in after.files if file.name == "site")
    assert site.text.startswith(
        "map $http_upgrade $connection_upgrade {\n  default upgrade;\n  ''      close;\n}\n\n# ours\n# really\nserver"
    )


def test_a_shared_include_is_not_changed_for_one_location():
    configuration = read(
        in_server(
            "        location /ws {\n            include shared;\n            proxy_pass http://a;\n        }\n"
        ),
        shared="proxy_set_header Host $host;\n",
    )
    after = mend(configuration, handshake()).after
    (shared,) = (file for file in after.files if file.name == "shared")
    assert shared.text == "proxy_set_header Host $host;\n"
    sent = simulate(route(understand(after), handshake()))
    assert (sent.upgrades, sent.field("host")) == (True, "app.test")


def test_a_pass_inside_an_if_is_mended_in_its_location():
    text = in_server(
        "        location /ws {\n            if ($http_upgrade) {\n                proxy_pass http://a;\n            }\n        }\n",
        MAP,
    )
    after = mended(text)
    assert upgrades(after)
    assert after.index("}\n            proxy_http_version") > after.index("proxy_pass")


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_sound_configuration_is_left_alone(version):
    text = in_server(f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n", MAP)
    assert mended(text, nginx=version) == text


def test_what_is_no_handshake_is_nobodys_fault():
    text = in_server("        location /ws {\n            proxy_pass http://a;\n        }\n")
    ask = handshake()
    plain = type(ask)(ask.target, ask.headers.without("Upgrade"), nginx=OLD)
    assert mend(read(text), plain).made == ()


# ---- other repairs

ROUTES = f"        location ~ ^/w {{ ROOT }}\n        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n"


def test_a_regular_expression_that_takes_the_path_gives_way_where_that_is_allowed():
    text = in_server(ROUTES.replace("ROOT", "root /x;"), MAP)
    done = mend(read(text), handshake())
    assert done.made == ()
    assert [one.cause for one in done.offered] == ["proxy-routes-elsewhere"]
    assert mended(text, unsafe=True) == text.replace("location /ws", "location ^~ /ws")
    assert mended(text, causes=["proxy-routes-elsewhere"]) == text.replace("location /ws", "location ^~ /ws")


def test_a_location_that_leads_elsewhere_is_not_mended_behind_the_users_back():
    text = in_server(ROUTES.replace("ROOT", "proxy_pass http://other;"), MAP)
    assert mended(text) == text


def test_a_location_that_bears_a_sign_is_mended_though_a_shorter_one_passes_upgrades_on():
    text = in_server(
        f"        location / {{\n            proxy_pass http://other;\n{SOUND}        }}\n"
        "        location ^~ /ws {\n            proxy_pass http://a;\n        }\n",
        MAP,
    )
    done = mend(read(text), handshake())
    assert [one.cause for one in done.made] == ["proxy-drops-upgrade-headers"]
    assert done.offered == ()


def test_the_location_is_repeated_for_one_path_where_more_would_change():
    text = in_server(ROUTES.replace("ROOT", "root /x;").replace("location /ws", "location /"), MAP)
    after = mended(text, unsafe=True)
    assert "        location = /ws {\n            proxy_pass http://a;\n" in after
    assert upgrades(after)


@pytest.mark.parametrize(
    ("cause", "wrong", "right", "more"),
    [
        (
            "proxy-strips-authorization",
            'proxy_set_header Authorization "";',
            "proxy_set_header Authorization $http_authorization;",
            {},
        ),
        (
            "proxy-rewrites-host",
            "proxy_set_header Host $proxy_host;",
            "proxy_set_header Host $http_host;",
            {},
        ),
        (
            "proxy-forwarded-proto-wrong",
            "proxy_set_header X-Forwarded-Proto https;",
            "proxy_set_header X-Forwarded-Proto $scheme;",
            {},
        ),
        ("proxy-strips-query", "proxy_pass http://a$uri;", "proxy_pass http://a$uri$is_args$args;", {}),
        ("proxy-strips-query", 'proxy_pass "http://a$uri";', 'proxy_pass "http://a$uri$is_args$args";', {}),
        ("proxy-rewrites-path", "proxy_pass http://a/;", "proxy_pass http://a;", {}),
        ("upstream-scheme-mismatch", "proxy_pass http://a:1;", "proxy_pass https://a:1;", {}),
        ("idle-timeout", "proxy_read_timeout 5s;", "proxy_read_timeout 1h;", {}),
        (
            "proxy-garbles-upgrade-headers",
            'proxy_set_header Sec-WebSocket-Key "";',
            "proxy_set_header Sec-WebSocket-Key $http_sec_websocket_key;",
            {},
        ),
        (
            "proxy-garbles-upgrade-headers",
            "proxy_pass_request_headers off;",
            "proxy_pass_request_headers on;",
            {},
        ),
    ],
)
def test_a_named_cause_is_mended(cause, wrong, right, more):
    passing = "" if "proxy_pass " in wrong else "            proxy_pass http://a;\n"
    text = in_server(f"        location /ws {{\n{passing}{SOUND}            {wrong}\n        }}\n", MAP)
    after = mended(text, "/ws?t=1", causes=[cause], extra=(("Authorization", "Bearer x"),), **more)
    assert after.replace(right, wrong) == text.replace(right, wrong)
    assert right in after


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("http://a/in/", "http://a"),
        ("http://$up:9000/in/", "http://$up:9000"),
        ("http://${up}/$1$is_args$args", "http://${up}"),
    ],
)
def test_the_path_goes_on_as_it_came_where_proxy_pass_names_none(url, right):
    body = f"            set $up 127.0.0.1;\n            proxy_pass {url};\n{SOUND}"
    text = in_server(f"        location ~ ^/(ws) {{\n{body}        }}\n", MAP)
    if "$" not in url:
        text = text.replace("~ ^/(ws)", "/ws")
    after = mended(text, "/ws/room", causes=["proxy-rewrites-path"])
    assert after == text.replace(url, right)


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("/ws?", "proxy_pass http://a$uri;"),
        ("/ws?", "proxy_pass http://a$uri$is_args$args;"),
        ("/ws?t=1", "proxy_pass http://a$uri$is_args$args;"),
        ("/ws?t=1", "proxy_pass http://a$uri$args;"),
        ("/ws?t=1", "rewrite ^/ws$ /in? break; proxy_pass http://a$uri;"),
        ("/ws?t=1", "rewrite ^/ws$ /in? break; proxy_pass http://a$uri$is_args$args;"),
    ],
)
def test_a_query_that_is_not_there_or_goes_on_is_not_added(target, lines):
    text = in_server(f"        location /ws {{\n{SOUND}            {lines}\n        }}\n", MAP)
    assert mended(text, target) == text
    assert mended(text, target, causes=["proxy-strips-query"]) == text


@pytest.mark.parametrize(
    ("causes", "host"),
    [
        (["proxy-rewrites-host", "server-rejects-host"], "$http_host"),
        (["server-rejects-host", "proxy-rewrites-host"], "$host"),
    ],
)
def test_of_two_named_causes_that_want_the_opposite_the_first_one_counts(causes, host):
    lines = f"{SOUND}            proxy_set_header Host app;\n"
    text = in_server(f"        location /ws {{\n            proxy_pass http://a;\n{lines}        }}\n", MAP)
    asked = handshake()
    asked = replace(asked, headers=asked.headers.replaced("Host", "app.test:8080"))
    done = mend(read(text), asked, causes)
    assert done.after.main.text == text.replace("Host app;", f"Host {host};")
    assert mend(done.after, asked, causes).made == ()


def test_a_named_cause_that_is_met_again_where_its_repair_leads_is_mended_there_too():
    text = in_server(
        "        proxy_intercept_errors on;\n        location / {\n            return 404;\n        }\n"
        "        location /app {\n            proxy_pass http://a;\n        }\n"
    )
    after = mended(text, causes=["proxy-serves-fallback-page"])
    assert "location = /ws {" in after
    assert "proxy_intercept_errors off;" in after


@pytest.mark.parametrize(
    ("time", "short"), [("10s", True), ("500ms", True), ("60", False), ("1h", False), ("$x", False)]
)
def test_a_short_time_of_silence_is_offered_to_be_longer(time, short):
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}            proxy_read_timeout {time};\n        }}\n",
        MAP,
    )
    done = mend(read(text), handshake())
    assert (done.made, [one.cause for one in done.offered]) == ((), ["idle-timeout"] if short else [])
    assert mended(text, unsafe=True) == (text.replace(time, "1h", 1) if short else text)


def test_buffers_grow_as_far_as_the_request_needs():
    text = in_server(
        f"        large_client_header_buffers 4 1k;\n        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n",
        MAP,
    )
    after = mended(text, extra=(("Authorization", "Bearer " + "x" * 9000),))
    assert after == text.replace("4 1k", "4 16k")


def test_the_default_server_gives_the_name_to_the_one_that_is_meant():
    other = f"    server {{\n        listen 80;\n        server_name www.test;\n        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n    }}\n"
    text = (
        in_server("        server_name _;\n        return 404;\n")
        .replace("    }\n}\n", f"    }}\n{other}}}\n")
        .replace("http {\n", f"http {{\n{MAP}")
    )
    assert mended(text, causes=["proxy-default-server"]) == text.replace("www.test;", "www.test app.test;")


def test_a_field_that_is_taken_out_of_the_101_stays_in_it():
    line = "            proxy_hide_header Upgrade;\n"
    text = in_server(
        f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}{line}        }}\n", MAP
    )
    assert mended(text) == text.replace(line, "")
    above = in_server(
        f"        proxy_hide_header Upgrade;\n        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n",
        MAP,
    )
    assert mended(above) == above
    assert mended(above, unsafe=True) == above.replace("        proxy_hide_header Upgrade;\n", "")


def test_a_path_without_its_slash_gets_it():
    text = in_server(
        f"        location /in/ {{\n            rewrite ^/in/(.*) $1 break;\n            proxy_pass http://a;\n{SOUND}        }}\n",
        MAP,
    )
    assert mended(text, "/in/ws") == text.replace(" $1 break", " /$1 break")


def test_addresses_or_a_password_are_both_let_pass_by_addresses():
    gate = "        satisfy any;\n        deny all;\n        auth_basic staff;\n        auth_basic_user_file f;\n"
    location = f"        location /ws {{\n            proxy_pass http://a;\n{SOUND}        }}\n"
    text = in_server(gate + location, MAP)
    after = mended(text, causes=["proxy-asks-own-credentials"])
    assert after == text.replace("proxy_pass http://a;\n", "proxy_pass http://a;\n            allow all;\n")


def test_a_listener_need_not_wait_for_a_proxy_protocol():
    text = in_server("").replace("listen 80;", "listen 80  proxy_protocol default_server;")
    assert mended(text, causes=["proxy-protocol-mismatch"]) == text.replace("  proxy_protocol", "")


@pytest.mark.parametrize("cause", sorted(BY_CAUSE))
@pytest.mark.parametrize(
    "text",
    [
        "",
        "http { }",
        "server { }",
        "http { server { location / { proxy_pass $x; } } }",
        "http { server { return 404; } }",
        "http { server {",
    ],
)
def test_no_repair_fails_where_there_is_nothing_to_repair(cause, text):
    found = repair(route(understand(read(text)), handshake()), cause)
    assert found is None or found.edits
