"""What changed between two versions of a form is told in words, what it may and does first, and nothing is left out."""

from dataclasses import fields, replace
from itertools import pairwise
from textwrap import dedent

import pytest

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.comparison.comparing import _GENERAL, as_json, compare
from forms.definition import Form
from runner.deskfolder import library

VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}
FORM = """\
format: form/1
id: leave
title: Leave
languages: [en]
target: { type: user, except: [tier-0] }
verify: strong
fields:
  - { id: why, type: text, label: Why, max_length: 80 }
  - { id: when, type: date, label: When }
operations:
  - { id: unlock, do: directory.user.unlock, with: { user: $(target) }, note: $(why) $(when) }
  - { id: off, do: directory.user.disable, with: { user: $(target) } }
approval:
  stages:
    - { approvers: [ { role: desk-lead } ] }
limits: { per_actor: 5/hour }
"""
POLICIES = b"""\
format: verification/1
policies:
  - { id: strong, title: Strong, need: 1, methods: [asked] }
methods:
  - { id: asked, kind: checklist, title: Asked, ask: [Name] }
"""


def compiled(text: str) -> Form:
    files = {"leave.form.yaml": dedent(text).encode(), "verification.yaml": POLICIES}
    catalogue, problems = load_catalogue(files, VERBS)
    assert [str(one) for one in problems if one.level == "error"] == []
    return catalogue.forms["leave"]


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("user.unlock", "user.unlock", []),
        (
            "  - { id: off,",
            "  - { id: mfa, do: directory.user.reset_mfa, with: { user: $(target) } }\n  - { id: off,",
            [
                "now also needs user.mfa.reset on target",
                "now also does directory.user.reset_mfa with user “$(target)” (mfa)",
            ],
        ),
        (
            "do: directory.user.disable",
            "do: directory.user.enable",
            ["operation off now does directory.user.enable, before directory.user.disable"],
        ),
        (
            "with: { user: $(target) } }\n",
            "with: { user: $(target) }, only_if: answered(when) }\n",
            ["operation off: only_if is now “$(answered(when))”"],
        ),
        (
            "verify: strong",
            "verify: { policy: none, because: a test }",
            ["no longer checks the caller (was: policy “strong”)", "no caller check because is now “a test”"],
        ),
        (
            "role: desk-lead",
            "role: everyone",
            ["approval stages 1 approvers 1 role is now “everyone”, before “desk-lead”"],
        ),
        (", except: [tier-0]", "", ["target except is no longer set (was “tier-0”)"]),
        ("5/hour", "50/hour", ["limits per_actor is now “50 in 1 hour”, before “5 in 1 hour”"]),
        ("max_length: 80", "max_length: 90", ["question why: max_length is now “90”, before “80”"]),
        ("label: Why,", "label: Why, required: true,", ["question why: required is now “yes”, before “no”"]),
        ("title: Leave", "title: Off", ["title is now “Off”, before “Leave”"]),
        (
            "fields:\n",
            "fields:\n  - { id: first, type: text, label: First, required: true }\n",
            ["now also asks first (text, has to be answered)"],
        ),
    ],
)
def test_a_change_is_told_in_the_words_of_the_form(old: str, new: str, sentences: list[str]) -> None:
    assert FORM.count(old) >= 1
    changed = new.join(FORM.rsplit(old, 1))
    found = compare(compiled(FORM), compiled(changed))
    told = [one.sentence for one in found]
    assert [one for one in told if "user.enable on" not in one and "user.disable on" not in one] == sentences
    assert len(as_json(found)) == len(found)


def test_what_goes_is_told_as_well() -> None:
    shorter = FORM.partition("approval:")[0].replace("  - { id: off", "#")
    told = [one.sentence for one in compare(compiled(FORM), compiled(shorter))]
    assert told[:2] == ["no longer needs user.disable on target", "no longer does directory.user.disable (off)"]
    assert any(one.startswith("no longer needs approval (was: stages 1 approvers 1 role “desk-lead”") for one in told)
    assert "limits per_actor is no longer set (was “5 in 1 hour”)" in told


def test_another_order_is_a_change() -> None:
    before = compiled(FORM)
    after = replace(before, steps=before.steps[::-1], fields=before.fields[::-1])
    told = [one.sentence for one in compare(before, after)]
    assert told == ["operations run in another order: off, unlock", "questions stand in another order: when, why"]


def test_every_part_of_a_form_is_compared() -> None:
    derived = {"id", "version", "digest", "order", "languages", "sections"}
    apart = {"needs", "steps", "verify", "approval", "target", "limits", "fields"}
    assert {field.name for field in fields(Form)} == derived | apart | set(_GENERAL)


def test_forms_of_the_library_differ_from_each_other_and_not_from_themselves() -> None:
    catalogue, _ = load_catalogue(dict(library()), VERBS)
    forms = sorted(catalogue.forms.values(), key=lambda form: form.id)
    for form in forms:
        assert compare(form, form) == ()
    for before, after in pairwise(forms):
        assert all(one.sentence and one.before != one.after for one in compare(before, after))
        assert compare(before, after)
