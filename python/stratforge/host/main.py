"""Runs one Python strategy: one conversation with the worker, from ``ready`` to ``stop``."""

import sys
from importlib.util import module_from_spec, spec_from_file_location

# The cage lets us read the package's folder, not list the one above it, so the package is not looked for on a path.
_package = __file__.rsplit("/", 2)[0]
_spec = spec_from_file_location("stratforge", _package + "/__init__.py", submodule_search_locations=[_package])
_module = module_from_spec(_spec)
sys.modules["stratforge"] = _module
_spec.loader.exec_module(_module)

from stratforge.host.conversation import converse  # noqa: E402

sys.exit(converse())
