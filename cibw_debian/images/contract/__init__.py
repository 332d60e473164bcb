"""The contract of an image: what cibuildwheel, auditwheel and hooks rely on, as a suite of checks.

checks.toml   the checks: what each means, and the command or the function that finds its faults
probe/        what the commands run in the image
model.py      checks and results
judge.py      the checks that need no container
suite.py      runs the checks
report.py     results for a person, as JSON and as JUnit
"""
