"""The engine room: workers that carry out what waits, and the rounds that keep it moving."""
