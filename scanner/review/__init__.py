"""The review page: see what a scan found, hear the evidence, decide, and prove later what was decided."""
