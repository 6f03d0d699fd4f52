"""Electronic evidence: the steps of custody, invented artefacts, receipts, bags and their descriptions."""
