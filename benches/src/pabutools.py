"""Times pabutools on one file, the same greedy rule with its fastest profile, in CPU seconds; prints JSON."""

import json
import sys
import time

from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare

start = time.process_time()
instance, profile = parse_pabulib(sys.argv[1])
parsed = time.process_time()
winners = greedy_utilitarian_welfare(
    instance,
    profile.as_multiprofile(),
    sat_class=Cost_Sat,
)
tallied = time.process_time()
print(json.dumps({"parse_s": parsed - start, "whole_s": tallied - start, "winners": len(winners)}))
