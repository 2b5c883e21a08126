"""Phone numbers: stored as E.164 writes them, shown as people read them. Pure."""

import phonenumbers


def phone_text(number: str) -> str:
    """Write a phone number as people read it, ``+31 10 555 0134``; a text that is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def stored_phone(text: str, region: str | None) -> str:
    """Return a number as ``+31612345678``; ``region`` is the country of one without +, and what is no number stays."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not _is_whole_number(number):
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_whole_number(number: phonenumbers.PhoneNumber) -> bool:
    """Say whether a number is as long as that of a line or a mobile phone; a shorter one must be in use as it is."""
    return phonenumbers.is_valid_number(number) or any(
        phonenumbers.is_possible_number_for_type_with_reason(number, kind) == phonenumbers.ValidationResult.IS_POSSIBLE
        for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    )
