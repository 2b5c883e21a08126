"""Make passwords by the policies of an installation. Randomness is passed in."""

from random import Random

from connectors.spi import Secret
from forms.definition import PasswordPolicy
from runner.words import WORDS

_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_SIGNS = "!#%+-:=?@"


def make_password(policy: PasswordPolicy, random: Random) -> Secret:
    """Make a password: words to read aloud (``Lamp-Tiger-Boat-47``) or random characters of every kind.

    ``random`` must be a source fit for secrets, such as `random.SystemRandom`.
    """
    return Secret(_of_words(policy, random) if policy.kind == "words" else _of_characters(policy, random))


def _of_words(policy: PasswordPolicy, random: Random) -> str:
    parts = [random.choice(WORDS).capitalize() for _ in range(policy.words)]
    if policy.digits:
        parts.append("".join(random.choice(_DIGITS) for _ in range(policy.digits)))
    return policy.separator.join(parts)


def _of_characters(policy: PasswordPolicy, random: Random) -> str:
    kinds = [[sign for sign in kind if sign not in policy.without] for kind in (_LOWER, _UPPER, _DIGITS, _SIGNS)]
    kinds = [kind for kind in kinds if kind]
    everything = [sign for kind in kinds for sign in kind]
    signs = [random.choice(kind) for kind in kinds]
    signs += [random.choice(everything) for _ in range(policy.length - len(signs))]
    random.shuffle(signs)
    return "".join(signs[: policy.length])
