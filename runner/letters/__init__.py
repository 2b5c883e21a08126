"""What Deskhand's own mails say: a template per event and language, as text and as HTML. Reads package data only."""
