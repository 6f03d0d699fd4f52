"""How long it takes to tell what a draft lacks, and to examine it whole; how right the examination is.

    python -m tests.benchmarks.bench_examination [--rounds N] [--profile]

Goals: `missing` under 50 microseconds; precision and recall over the labelled drafts 1.000.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Callable
from typing import Any

from cooperation.completeness import missing
from cooperation.examination import examine
from tests.cooperation.test_examination import BOOK, LABELLED, found_items


def median_per_call(work: Callable[[], Any], calls: int, rounds: int) -> float:
    """Return the median over the rounds of microseconds per call."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) / calls * 1e6)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    settled = [labelled.draft.settled(BOOK) for labelled in LABELLED]
    known = BOOK.offences.keys()

    def all_missing() -> None:
        for draft in settled:
            missing(
                BOOK.types[draft.type],
                draft.contents,
                offences=draft.offences,
                known_offences=known,
                has_parent=draft.parent is not None,
            )

    def all_examined() -> None:
        for labelled in LABELLED:
            examine(BOOK, labelled.draft, labelled.parties)

    all_examined()
    print(
        f"missing  {median_per_call(all_missing, len(settled), options.rounds):8.1f} us a draft (goal: under 50)"
    )
    print(f"examine  {median_per_call(all_examined, len(settled), options.rounds):8.1f} us a draft")
    right = found = expected = 0
    for labelled in LABELLED:
        items = found_items(examine(BOOK, labelled.draft, labelled.parties))
        right += len(items & labelled.items())
        found += len(items)
        expected += len(labelled.items())
    print(f"{len(LABELLED)} labelled drafts, {expected} labels")
    print(f"precision {right / found:.3f}, recall {right / expected:.3f} (goal: 1.000)")
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(all_examined)
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
