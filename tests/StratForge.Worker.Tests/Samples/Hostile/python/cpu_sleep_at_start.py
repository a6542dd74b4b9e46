# Sleeps instead of loading.
# ends: INIT_TIMEOUT
import time

time.sleep(3600)
