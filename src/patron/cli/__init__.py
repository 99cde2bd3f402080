"""The command line: what an operator types. It asks, calls what stands below, and prints; it decides nothing."""
