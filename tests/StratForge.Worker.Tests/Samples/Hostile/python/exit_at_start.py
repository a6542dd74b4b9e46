# Leaves before it has begun.
# ends: CRASHED exit code 3
import os

os._exit(3)
