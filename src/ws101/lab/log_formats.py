"""What the lab's nginx may write in its access log: by name, the directives that make a log_format of it."""

# "detailed" has the fields of the format of examples/nginx, but for a token's length and its ticket: combined, then what
# the client sent, then what became of it.
LOG_FORMATS = {
    "combined": "",
    "detailed": """\
    map $http_authorization $authorization_shape {
        ""                                   none;
        "~*^Bearer *(null|undefined)?$"      "Bearer, empty";
        "~*^Bearer +[\\w-]+\\.[\\w-]+\\.[\\w-]+$" "Bearer, 3 parts";
        "~*^Bearer "                         "Bearer, no JWT";
        "~*^Basic "                          Basic;
        default                              "no known scheme";
    }
    log_format detailed
        '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "-" "$http_user_agent" '
        'upgrade="$http_upgrade" connection="$http_connection" version="$http_sec_websocket_version" '
        'key="$http_sec_websocket_key" host="$http_host" origin="$http_origin" '
        'authorization="$authorization_shape" scheme="$scheme" port="$server_port" tls="$ssl_protocol" '
        'request_id="$request_id" upstream="$upstream_addr" upstream_status="$upstream_status" '
        'connect="$upstream_connect_time" first_byte="$upstream_header_time" time="$request_time"';
""",
}
