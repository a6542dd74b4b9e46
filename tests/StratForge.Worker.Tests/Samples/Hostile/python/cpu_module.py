# Never finishes to load.
# ends: INIT_TIMEOUT
while True:
    pass
