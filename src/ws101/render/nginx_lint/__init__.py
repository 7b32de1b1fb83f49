"""What was found in a configuration, in every format: from the plain value that `shown` makes of it."""

from collections.abc import Callable

from ws101.render.nginx_lint import data, github, markdown, sarif
from ws101.render.nginx_lint.shown import Shown

FORMATS: dict[str, Callable[[Shown], str]] = {
    "json": data.render,
    "sarif": sarif.render,
    "github": github.render,
    "markdown": markdown.render,
}
