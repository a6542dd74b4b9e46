# Holds no strategy.
# ends: STRATEGY_ERROR no class that derives from Strategy
x = 1
