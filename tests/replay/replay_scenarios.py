# SPDX-License-Identifier: BSD-3-Clause
"""All scenarios, entered by the modules that hold them.

SCENARIOS is what every capture is made of, in the order in which they are written; HARD only what
`--hard` or `--only` asks for. BY_NAME finds one of either by its function's name.
"""
import replay_orderly  # enters its scenarios
import replay_disorderly  # likewise, after those
from replay_scenario import HARD, SCENARIOS

BY_NAME = {one.__name__: one for one in SCENARIOS + HARD}

assert len(BY_NAME) == len(SCENARIOS) + len(HARD), "two scenarios of one name"
assert replay_orderly and replay_disorderly
