"""Verify a journal against its signed checkpoints, away from the application.

This folder imports nothing of the application: the standard library and ``cryptography`` are all it needs, and it may be
copied elsewhere under any name.  It reads the journal as it is exported (JSON lines), checkpoints as signed notes, and the
public key of the desk.  What it finds: a record that was edited, deleted, moved or inserted; a journal cut off or written
anew before its newest checkpoint.  What it cannot know: anything behind the newest checkpoint that it is given, so give it
those of a witness.

The format stands in docs/journal.md: RFC 6962 for the tree, C2SP signed-note and tlog-checkpoint for the notes.
"""
