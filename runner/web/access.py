"""The access explorer: who may do what to whom, from every side. Reads only."""

import re

from flask import Blueprint, render_template, request

from runner.delegation.delegation import Delegation
from runner.delegation.explorer.matrix import By
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND
from runner.web.context import actor, language

_LONGEST_TEXT = 200
_PAGE = re.compile(r"[1-9][0-9]{0,4}")


def typed(name: str = "q") -> str:
    """Return what was typed into a search box of the page."""
    return " ".join(request.args.get(name, "").split())[:_LONGEST_TEXT]


def page_number() -> int:
    """Return the page asked for, from 1; raises `NotFoundError` for what is no number of a page."""
    number = request.args.get("page", "1")
    if not _PAGE.fullmatch(number):
        raise NotFoundError(NOT_FOUND)
    return int(number)


def access_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/access`` and what is explored below it."""
    blueprint = Blueprint("access", __name__)

    @blueprint.get("/access")
    def overview() -> str:
        return render_template("access/overview.html", page=delegation.exploring.overview(actor(), language()))

    @blueprint.get("/access/find")
    def find() -> str:
        return render_template("access/find.html", page=delegation.exploring.find(actor(), typed(), language()))

    _add_people(blueprint, delegation)
    _add_lists(blueprint, delegation)
    _add_things(blueprint, delegation)
    return blueprint


def _add_people(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/access/people")
    def people() -> str:
        return render_template("access/people.html", page=delegation.exploring.people(actor(), typed(), language()))

    @blueprint.get("/access/people/<person_id>")
    def person(person_id: str) -> str:
        return render_template("access/rights.html", page=delegation.exploring.person(actor(), person_id, language()))

    @blueprint.get("/access/groups/<group_id>")
    def group(group_id: str) -> str:
        return render_template("access/rights.html", page=delegation.exploring.group(actor(), group_id, language()))

    @blueprint.get("/access/clients/<path:name>")
    def client(name: str) -> str:
        return render_template("access/rights.html", page=delegation.exploring.client(actor(), name, language()))

    @blueprint.get("/access/everyone")
    def everyone() -> str:
        return render_template("access/rights.html", page=delegation.exploring.everyone(actor(), language()))


def _add_lists(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/access/roles")
    def roles() -> str:
        page = delegation.exploring.roles(actor(), typed(), page_number(), language())
        return render_template("access/list.html", page=page, what="roles")

    @blueprint.get("/access/sets")
    def sets() -> str:
        page = delegation.exploring.sets(actor(), typed(), page_number(), language())
        return render_template("access/list.html", page=page, what="sets")

    @blueprint.get("/access/forms")
    def forms() -> str:
        page = delegation.exploring.forms(actor(), typed(), page_number(), language())
        return render_template("access/list.html", page=page, what="forms")

    @blueprint.get("/access/bindings")
    def bindings() -> str:
        page = delegation.exploring.bindings(actor(), typed(), page_number(), language())
        return render_template("access/list.html", page=page, what="bindings")

    @blueprint.get("/access/matrix")
    def matrix() -> str:
        by: By = "roles" if request.args.get("by") == "roles" else "sets"
        page = delegation.exploring.matrix(actor(), by, typed(), typed("permission"), page_number(), language())
        return render_template("access/matrix.html", page=page)


def _add_things(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/access/roles/<role_id>")
    def role(role_id: str) -> str:
        return render_template("access/role.html", page=delegation.exploring.role(actor(), role_id, language()))

    @blueprint.get("/access/sets/<path:set_id>")
    def resource_set(set_id: str) -> str:
        return render_template("access/set.html", page=delegation.exploring.resource_set(actor(), set_id, language()))

    @blueprint.get("/access/forms/<form_id>")
    def form(form_id: str) -> str:
        return render_template("access/form.html", page=delegation.exploring.form(actor(), form_id, language()))

    @blueprint.get("/access/bindings/<binding_id>")
    def binding(binding_id: str) -> str:
        return render_template(
            "access/binding.html", page=delegation.exploring.binding(actor(), binding_id, language())
        )
