"""The files beside the forms: readers take a name and bytes, and return what they found with problems. Pure."""

from forms.companions.access import resource_sets_of
from forms.companions.lists import read_list
from forms.companions.lookups import read_lookups
from forms.companions.settings import read_settings
from forms.companions.verification import read_verification

__all__ = ["read_list", "read_lookups", "read_settings", "read_verification", "resource_sets_of"]
