"""A folder → many reviews: walked, reviewed in parallel, stored as they come, summed up. `run.run` is all of it."""
