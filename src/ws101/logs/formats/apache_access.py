"""Apache's access logs: `common`, `combined` and `vhost_combined`. The time of a line is that at which the request came.

Its `combined` is nginx's, but for a size that may be `-` and quotes that are escaped by a backslash; a line that could be of
either is taken for nginx's, unless the source's name says otherwise.
"""

from ws101.logs.formats.nginx_access import COMBINED, from_log_format
from ws101.logs.log_format import Escape
from ws101.terms import Hop

SOFTWARE = "apache"
COMMON = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
# The sample configuration's other formats; %b writes no size as "-", and %v:%p stands before.
FORMATS = tuple(
    from_log_format(f"apache-{name}", text, Hop.PROXY, escape=Escape.JSON, software=SOFTWARE)
    for name, text in (
        ("combined", COMBINED),
        ("vhost-combined", f"$server_name:$server_port {COMBINED}"),
        ("common", COMMON),
    )
)
