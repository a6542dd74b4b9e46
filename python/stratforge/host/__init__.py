"""The caged process of one Python strategy. Started by the launcher of StratForge.StrategyHost, never by hand."""
