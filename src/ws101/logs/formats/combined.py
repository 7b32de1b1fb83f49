"""Access logs of servers in the common or combined format: gunicorn, morgan, Tomcat, Jetty, Puma; werkzeug's own and Django's.

nginx and Apache write the same lines: these are taken where the source's name names the server. Observed: gunicorn 27.0.1,
morgan 1, werkzeug 3.1, Django 5.2; Tomcat's AccessLogValve and Jetty's CustomRequestLog as they document it.
"""

from ws101.logs.format import Format
from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

_REQUEST = r'"(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>HTTP/[\d.]{1,3})" (?P<status>\d{3}) (?P<size>\d{1,12}|-)'
_COMBINED = Shape(
    '] "',
    r"(?P<client>[\w.:%]{1,60}) \S{1,80} \S{1,80} \[(?P<clf>[^\]\n]{1,40})\] "
    + _REQUEST
    + r'(?: "[^"\n]{0,2000}" "(?P<agent>[^"\n]{0,2000})"| (?P<seconds>\d{1,9}\.\d{1,9})$)?',
)
_SIGNS = (b'" 101 ', b'" 400 ', b'" 426 ')

WERKZEUG = formats(
    "werkzeug",
    "werkzeug",
    Hop.SERVER,
    (b' HTTP/1.1" ',),
    (
        Shape(
            '] "',
            r"(?P<client>[\w.:%]{1,60}) - - \[(?P<clf>\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d)\] " + _REQUEST,
        ),
    ),
)
# Django's `runserver`, as long as it serves by WSGI: daphne takes its place, and its lines, where it is installed.
DJANGO = formats(
    "django-runserver",
    "django",
    Hop.SERVER,
    (b' HTTP/1.1" ',),
    (Shape('] "', r"\[(?P<clf>\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d)\] " + _REQUEST + "$"),),
)
FORMATS: tuple[Format, ...] = (
    WERKZEUG,
    DJANGO,
    *(
        formats(f"{software}-combined", software, Hop.SERVER, _SIGNS, (_COMBINED,))
        for software in ("gunicorn", "node", "tomcat", "jetty", "puma")
    ),
)
