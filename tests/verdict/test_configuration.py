"""What a report says of the configurations that were given."""

import pytest

from causes.configuring import LINES, PASS, configured, whole
from causes.recorded import recorded, seen
from ws101.verdict.configuration import stated

LIMITED = whole(f"location / {{\n{LINES}limit_conn z 1;\n{PASS}\n}}")


@pytest.mark.parametrize(("answer", "granted"), [("nginx 1.22.1: limit_req", False), ("nginx-502", True)])
def test_a_limit_that_may_have_answered_is_not_taken_for_unreached(answer, granted):
    (said,) = stated(configured(seen(recorded(answer)), LIMITED))
    assert ("is not reached" in said) is granted
