"""The API: what the input says, one call, the answer. No rule lives here."""
