"""Choose among the languages a text is written in. Pure."""

from forms.definition import Catalogue, Template, Text


def in_best_language(text: Text, language: str) -> Template:
    """Return the text in a language, else in one that differs in the region only, else in the first of the settings.

    The texts of a compiled form stand with the first language of the settings before all others.
    """
    exact = text.languages.get(language)
    if exact is not None:
        return exact
    wanted = _without_region(language)
    near = (template for spoken, template in text.languages.items() if _without_region(spoken) == wanted)
    return next(near, None) or next(iter(text.languages.values()))


def _without_region(language: str) -> str:
    return language.partition("-")[0]


def languages_of(catalogue: Catalogue) -> tuple[str, ...]:
    """Return every language that readers can be served in: those of the settings first, then those of the forms."""
    spoken = {language for form in catalogue.forms.values() for language in form.languages}
    return tuple(dict.fromkeys((*catalogue.settings.languages, *sorted(spoken))))
