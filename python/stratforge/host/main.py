"""Runs one Python strategy: one conversation with the worker, from ``ready`` to ``stop``."""

import sys

# Started with -I and -S: no folder of ours is on the path until we say so. (pathlib would cost 5 ms here.)
sys.path.insert(0, __file__.rsplit("/", 3)[0])

from stratforge.host.conversation import converse  # noqa: E402

sys.exit(converse())
