# Raises its own limits.
# ends: STRATEGY_ERROR Error
import resource

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        raise RuntimeError("escaped")
