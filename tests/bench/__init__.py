"""Speed measured as ratios, side by side in one run; `make bench` runs it, no test is timed."""
