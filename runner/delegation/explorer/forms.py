"""Forms: what each needs, who may run it, and who or what it may be done to. Reads."""

from collections.abc import Iterable, Sequence

from connectors.spi import AllOf, Everything, Filter
from forms.definition import Form
from forms.definition.form import NeedAt
from runner.access.explanation.wording import plural
from runner.access.model import Binding, applies
from runner.delegation.explorer.pages import FormPage, Line, Link, ListPage, NeedView
from runner.delegation.explorer.policy import paged
from runner.delegation.explorer.surveying import Survey
from runner.pipeline.finding import plain
from runner.pipeline.pages import Chip

_MOST_NAMED = 6


def form_page(survey: Survey, form_id: str) -> FormPage:
    """Return a form; raises `NotFoundError`."""
    form = survey.services.catalogue.forms.get(form_id)
    if form is None:
        raise survey.missing()
    giving = [(need, _giving(survey, form, need)) for need in _distinct(form.needs)]
    bindings = list({id(one): one for _, found in giving for one in found}.values())
    target = form.target
    shown, left = survey.bindings(bindings)
    return FormPage(
        form=survey.form(form_id),
        title=plain(form.title, survey.language),
        description=plain(form.description, survey.language).strip().partition("\n")[0],
        status=form.status,
        needs=tuple(_need(survey, form, need, found) for need, found in giving),
        people=survey.people(_holders(survey, [found for _, found in giving])),
        everyone=all(any(_is_for_everyone(one) for one in found) for _, found in giving),
        target=plural(target.type) if target else "",
        within=tuple(map(survey.resource_set, target.within)) if target else (),
        excluded=tuple(map(survey.resource_set, target.excluded)) if target else (),
        bindings=shown,
        more_bindings=left,
    )


def forms_page(survey: Survey, text: str, page: int) -> ListPage:
    """Return the forms whose id, title or category has the text, by category and title."""
    looks = {"draft": Chip("Draft", "info"), "retired": Chip("Retired", "warn")}
    forms = [(plain(form.title, survey.language), form) for form in survey.services.catalogue.forms.values()]
    forms.sort(key=lambda pair: (pair[1].category, pair[0]))

    def line(form: Form) -> Line:
        needs = ", ".join(sorted({need.permission for need in form.needs}))
        marks = (looks[form.status],) if form.status in looks else ()
        return Line(survey.form(form.id), tuple(filter(None, (form.category, needs))), marks)

    return paged(survey, [(f"{form.id} {title} {form.category}", form) for title, form in forms], line, text, page)


def _distinct(needs: Iterable[NeedAt]) -> list[NeedAt]:
    """Return each permission on each kind of thing once, what the target needs first."""
    found: dict[tuple[str, str], NeedAt] = {}
    for need in sorted(needs, key=lambda need: need.on != "target"):
        found.setdefault((need.permission, need.kind), need)
    return list(found.values())


def _giving(survey: Survey, form: Form, need: NeedAt) -> list[Binding]:
    """Return the bindings that give today, in this form, what is needed on some thing of the kind."""
    return [
        binding
        for binding in survey.policy.bindings
        if need.permission in survey.policy.roles[binding.role].permissions
        and survey.is_active(binding)
        and (binding.forms is None or form.id in binding.forms)
        and (not binding.on or any(_fits(survey, name, need) for name in binding.on))
    ]


def _fits(survey: Survey, set_id: str, need: NeedAt) -> bool:
    kinds = survey.policy.sets[set_id].kinds
    return not need.kind or (need.kind in kinds and applies(need.permission, need.kind))


def _holders(survey: Survey, giving: Sequence[Sequence[Binding]]) -> Filter:
    """Return the search for everybody for whom each need is met by some binding."""
    if not giving:
        return Everything()
    parts = [survey.behind(found) for found in giving if not any(map(_is_for_everyone, found))]
    return AllOf(tuple(parts)) if parts else Everything()


def _need(survey: Survey, form: Form, need: NeedAt, found: Sequence[Binding]) -> NeedView:
    links = dict.fromkeys(Link("binding", binding.id, binding.id) for binding in found)
    target = form.target is not None and need.on == "target"
    on = f"the {plural(need.kind)} it is for" if target else plural(need.kind)
    return NeedView(
        survey.permission(need.permission), on, tuple(links)[:_MOST_NAMED], max(0, len(links) - _MOST_NAMED)
    )


def _is_for_everyone(binding: Binding) -> bool:
    return any(principal.kind == "everyone" for principal in binding.principals)
