"""The instant part of a form: each question as a piece of the page, and whether it is asked. Pure but for templates."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import render_template

from runner.pipeline.pages import FieldView, FillPage

_UNEQUAL = "The two passwords are not the same. Type both again."


def fragments(page: FillPage) -> dict[str, Any]:
    """Return what a page replaces: for each question its HTML, a stamp to see whether it changed, whether it is asked."""
    return {
        "as_of": render_template("form/as_of.html", as_of=page.as_of) if page.as_of else "",
        "fields": [_fragment(field) for section in page.sections for field in section.fields],
        "sections": [
            {"is_asked": any(field.asked for field in section.fields), "title": section.title, "help": section.help}
            for section in page.sections
        ],
    }


def _fragment(field: FieldView) -> dict[str, Any]:
    html = render_template("form/field.html", field=field, found={})
    return {"id": field.id, "asked": field.asked, "label": field.label, "html": html, "stamp": stamp(html)}


def stamp(html: str) -> str:
    """Return a short text that changes with the HTML."""
    return sha256(html.encode()).hexdigest()[:16]


def unequal_passwords(page: FillPage, names: tuple[str, ...]) -> FillPage:
    """Return the page with a message at each password that was typed in two ways."""
    errors = [
        (field.id, field.label, _UNEQUAL) for section in page.sections for field in section.fields if field.id in names
    ]
    sections = tuple(
        replace(
            section,
            fields=tuple(replace(field, error=_UNEQUAL) if field.id in names else field for field in section.fields),
        )
        for section in page.sections
    )
    return replace(page, sections=sections, errors=(*page.errors, *errors))
