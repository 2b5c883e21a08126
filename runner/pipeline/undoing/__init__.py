"""The way back and the way on: taking a submission back, going on where it stopped, closing one that is unclear."""
