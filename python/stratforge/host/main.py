"""Runs one Python strategy: one conversation with the worker, from ``ready`` to ``stop``."""

import sys

# Strategies import from the standard library, and not what lies beside this file, of which Python thinks first.
if sys.path[0] == __file__.rpartition("/")[0]:
    del sys.path[0]

from importlib.util import module_from_spec, spec_from_file_location  # noqa: E402

# The cage lets us read the package's folder, not list the one above it, so the package is not looked for on a path.
_package = __file__.rsplit("/", 2)[0]
_spec = spec_from_file_location("stratforge", _package + "/__init__.py", submodule_search_locations=[_package])
_module = module_from_spec(_spec)
sys.modules["stratforge"] = _module
_spec.loader.exec_module(_module)

from stratforge.host.conversation import converse  # noqa: E402

sys.exit(converse())
