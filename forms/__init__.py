"""What a form means: reading, checking, answering and planning. Pure: no network, no clock, no database, no framework."""
