"""What a person sees: Jinja pages by subject, field widgets. Package data; the only Python is this line."""
