"""Pages for people, printed from the data: one a module, each a function that returns Markdown."""
