"""Times pabutools on one file and divides by what criterion measured."""

import json
import sys
import time
from pathlib import Path

from pabutools.election import Cost_Sat, SatisfactionMultiProfile, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare

file, criterion = sys.argv[1], Path(sys.argv[2])

start = time.perf_counter()
instance, profile = parse_pabulib(file)
parsed = time.perf_counter()
greedy_utilitarian_welfare(instance, profile.as_multiprofile(), sat_class=Cost_Sat)
tallied = time.perf_counter()


def ours(name):
    estimates = json.loads((criterion / "Lodz 2022" / name / "new/estimates.json").read_text())
    return estimates["mean"]["point_estimate"] / 1e9


for name, theirs in (("parse", parsed - start), ("parse and tally", tallied - start)):
    print(f"{name}: pabutools {theirs:.3f} s, tally {ours(name):.4f} s: {theirs / ours(name):.0f} times")
