"""hypercorn's access log: `[time] [pid] [INFO] 127.0.0.1:5000 - - [time] "GET /ws 1.1" 101 - "-" "agent"`.

Observed: hypercorn 0.18.0. A plain request is written twice, first without its status.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "hypercorn",
    "hypercorn",
    Hop.SERVER,
    (b' 1.1" ', b' 1.0" ', b' 2" '),
    (
        Shape(
            '" ',
            r"(?P<client>\[?[\w.:%]{1,60}\]?):\d{1,5} - - \[(?P<clf>[^\]\n]{1,40})\] "
            r'"(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>1\.[01]|2|3)" (?P<status>\d{3}) \S{1,20} '
            r'"[^"\n]{0,2000}" "(?P<agent>[^"\n]{0,2000})"',
        ),
    ),
)
