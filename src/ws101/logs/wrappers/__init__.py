"""The table of wrappers, tried from the outside in until none peels any more."""

from ws101.logs.wrapper import Wrapper

WRAPPERS: tuple[Wrapper, ...] = ()
