"""Measurements, as ratios in one run: ``make bench``. Figures of one machine mean little; ratios hold."""
