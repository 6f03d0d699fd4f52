"""Reports of exercises and of anybody's intervals: reading the rows, rendering, writing."""
