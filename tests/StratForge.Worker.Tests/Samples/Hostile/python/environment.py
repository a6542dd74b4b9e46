# Looks for secrets in its environment.
# ends: STRATEGY_ERROR clean
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        secrets = [f"{name}={value}" for name, value in os.environ.items() if name not in ("LANG", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")]
        if secrets:
            raise RuntimeError(f"escaped: {secrets}")
        raise ValueError("clean")
