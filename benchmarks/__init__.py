"""Measurements: ratios, side by side, in one run. `make bench` prints them all; `python -m benchmarks NAME…` prints some."""
