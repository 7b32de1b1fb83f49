"""What several causes conclude from logs in the same way. Logs alone prove nothing.

Words that only one cause leaves make it likely; what fits others too is possible.
"""

from ws101.hearing.clearing import (
    another_reason,
    answer_came,
    before_server,
    beyond_proxy,
    connected,
    not_sent,
    over_tls,
    own,
    past_edge,
    refused_otherwise,
    server_answered,
    worked,
)
from ws101.hearing.credentials import by_token, past_credentials, refusal_of_credentials
from ws101.hearing.fields import (
    as_sent,
    changed_on_the_way,
    host_of,
    lost_on_the_way,
    no_route,
    outermost,
    over_http2,
    path_of,
    paths,
    reached_with,
    rewritten,
    sent_without,
)
from ws101.hearing.pages import by_page
from ws101.hearing.words import (
    LIKELY,
    POSSIBLE,
    against,
    answered,
    by_words,
    cite,
    first_line,
    met_status,
    quote,
    quotes,
    saying,
    shortened,
    supported,
    told_of,
    who,
)

# What a reader would have to give where the logs do not say.
NGINX_INFO = "nginx's error log at level info (error_log … info)"
SERVER_LOG = "the server's log of this handshake, with the fields that reached it"
CLIENT_LOG = "the client's log, with the exception's whole text"
UPSTREAM = "$upstream_addr and $upstream_status in nginx's log_format"

__all__ = [
    "CLIENT_LOG",
    "LIKELY",
    "NGINX_INFO",
    "POSSIBLE",
    "SERVER_LOG",
    "UPSTREAM",
    "against",
    "another_reason",
    "answer_came",
    "answered",
    "as_sent",
    "before_server",
    "beyond_proxy",
    "by_page",
    "by_token",
    "by_words",
    "changed_on_the_way",
    "cite",
    "connected",
    "first_line",
    "host_of",
    "lost_on_the_way",
    "met_status",
    "no_route",
    "not_sent",
    "outermost",
    "over_http2",
    "over_tls",
    "own",
    "past_credentials",
    "past_edge",
    "path_of",
    "paths",
    "quote",
    "quotes",
    "reached_with",
    "refusal_of_credentials",
    "refused_otherwise",
    "rewritten",
    "saying",
    "sent_without",
    "server_answered",
    "shortened",
    "supported",
    "told_of",
    "who",
    "worked",
]
