"""Numbers with the word for what is counted. Pure."""


def counted(number: int, one: str, several: str = "") -> str:
    """Return ``1 form``, ``2 forms``, ``1,200 forms``; ``several`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
