"""Texts with ``$( … )`` in them: their parts, their type, what they become."""

import subprocess
import sys

import pytest

from connectors.spi import Ref, Secret, SecretRef
from forms.errors import ExpressionError
from forms.expressions import Environment, render
from forms.expressions.templates import compile_template
from forms.facts import Facts, MissingFacts
from forms.values import TEXT
from tests.forms.expressions.conformance_world import ANNA, ENVIRONMENT, NOW, PETER, SCOPE

RENDERED = {
    "": "",
    "plain": "plain",
    "Hello $(first_name)!": "Hello Zoë!",
    "$$(first_name)": "$(first_name)",
    "a $$( b $(first_name)": "a $( b Zoë",
    "costs $5 (each)": "costs $5 (each)",
    "$(first_name)$(last_name)": "ZoëO'Reilly",
    "$(prefix)|": "|",
    "vpn: $(vpn)": "vpn: yes",
    "on $(start)": "on 2026-01-31",
    "at $(now())": "at 2026-11-21 09:30",
    "for $(target)": "for Anna Jansen",
    "of $(grants.user)": "of Peter Bakker, Cora Smit",
    "with $(delta)": "with + GG-Sales",
    "€ $(product.monthly_cost * months)": "€ 40.5",
    "in $(30d)": "in 30d",
    'quoted $(join(["(", ")"], ")"))': "quoted ())",
    "$(kind) $(kind.label)": "contractor Contractor",
    "new: $(steps.create.user)": "new: (new user)",
    '$(first_name | ascii | lower | letters | first(1)).$(join([prefix, last_name], "") | ascii | lower | letters)': (
        "z.oreilly"
    ),
}


@pytest.mark.parametrize("text", RENDERED)
def test_a_text_is_filled_in(text: str) -> None:
    assert render(compile_template(text, SCOPE), ENVIRONMENT) == RENDERED[text]


def test_one_expression_alone_passes_its_value_with_its_type() -> None:
    template = compile_template("$(target.manager)", SCOPE)
    assert template.type.name == "user"
    assert template.single is not None
    assert template.single.paths == {("target", "manager")}
    assert render(template, ENVIRONMENT) == PETER


def test_a_blank_around_an_expression_makes_it_text() -> None:
    template = compile_template(" $(target)", SCOPE)
    assert template.type == TEXT
    assert render(template, ENVIRONMENT) == " Anna Jansen"


def test_a_password_alone_is_passed_on_and_never_becomes_text() -> None:
    template = compile_template("$(password)", SCOPE)
    assert template.type.name == "secret"
    assert render(template, ENVIRONMENT) == SecretRef("password")
    with pytest.raises(ExpressionError) as caught:
        compile_template("$(password) ", SCOPE)
    assert caught.value.code == "E230"


@pytest.mark.parametrize("hidden", [Secret("hunter2"), SecretRef("password"), (Secret("hunter2"),)])
@pytest.mark.parametrize("text", ["x $(nothing)", "$(nothing | lower)", "$(nothing == 1)", "$(join([nothing]))"])
def test_a_secret_that_hides_behind_an_unknown_type_is_refused_when_it_is_used(text: str, hidden: object) -> None:
    environment = Environment({"nothing": hidden}, Facts(), NOW)  # type: ignore[dict-item]
    if isinstance(hidden, tuple) and "==" in text:
        assert render(compile_template(text, SCOPE), environment) is False
        return
    with pytest.raises(ExpressionError) as caught:
        render(compile_template(text, SCOPE), environment)
    assert caught.value.code in ("E230", "E214")
    assert "hunter2" not in str(caught.value)


def test_everything_a_text_lacks_is_asked_for_at_once() -> None:
    environment = Environment({**ENVIRONMENT.names}, Facts(), NOW)
    template = compile_template('$(target.mail) $(grants.user.mail) $(in_group(actor, "GG-Sales"))', SCOPE)
    with pytest.raises(MissingFacts) as caught:
        render(template, environment)
    assert caught.value.refs == {ANNA, PETER, Ref("user", "u3")}
    assert caught.value.names == {("group", "GG-Sales")}


@pytest.mark.parametrize(
    "order",
    [
        "forms.definition, forms.expressions.templates",
        "forms.expressions, forms.definition",
        "forms.expressions.templates, forms.definition",
    ],
)
def test_the_model_and_the_expressions_can_be_imported_in_any_order(order: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {order}"], check=True)
