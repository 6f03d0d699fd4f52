"""The shell around the practice: one Django app, its rooms, and the edges that people touch."""
