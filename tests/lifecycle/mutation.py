"""One thing wrong in a duty: would a recorded history notice? `python -m tests.lifecycle.mutation` prints the score.

The histories stand in `tests/data/life_duties.yaml`, each with what a duty makes of it. They were made once from
the duties (`--write`), on both sides of every limit, trigger and period, and are data from then on: a rule
that changes has to change them, which somebody sees. `tests/lifecycle/test_every_duty.py` holds periods and
units to the law apart from the rules.
"""
