"""The patterns authors may write, and matching with them. Pure.

A pattern fits the whole text or not at all; ``^`` and ``$`` at its ends are allowed and change nothing.  Texts of more
than 1,000 characters never match.  What is accepted never takes long: see `forms.expressions.pattern_cost`.
"""

import re
from functools import lru_cache

from forms.expressions.pattern_cost import check_cost
from forms.expressions.pattern_reading import read_pattern

MAX_MATCHED = 1_000
"""Characters of the longest text that is matched."""


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> re.Pattern[str]:
    r"""Return the compiled pattern, anchored at both ends, ``\d \w \s`` meaning ASCII.

    Raises `ExpressionError`: E216 for what is not part of the subset, E217 for look-around, references, nested
    repetitions and whatever else could take long; ``offset`` counts in the pattern.  Check the length of the text
    yourself, or use `is_match`.
    """
    check_cost(read_pattern(text))
    body = text.removeprefix("^")
    return re.compile(rf"\A(?:{body})\Z", re.ASCII)


def is_match(pattern: str, text: str) -> bool:
    """Say whether the whole of ``text`` fits, at most `MAX_MATCHED` characters. Raises as `compile_pattern`."""
    return len(text) <= MAX_MATCHED and compile_pattern(pattern).fullmatch(text) is not None
