// Each test starts a whole platform; several at once would only wait for each other's processors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
