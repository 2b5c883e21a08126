"""Wire the web: `create_app` is the only place where views, guard, templates and ports meet."""

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo

from flask import Blueprint, Flask

from connectors.spi import Verb
from runner.delegation.delegation import Delegation
from runner.operators import Operators
from runner.web.access import access_blueprint
from runner.web.access_asking import asking_blueprint
from runner.web.assets import assets_blueprint, build_assets
from runner.web.bulks import bulks_blueprint
from runner.web.context import LANGUAGES, Web
from runner.web.cookies import FormSecrets
from runner.web.desk import desk_blueprint
from runner.web.errors import handle_errors
from runner.web.evidence import evidence_blueprint
from runner.web.form import form_blueprint
from runner.web.grants import grants_blueprint
from runner.web.guarding import guard
from runner.web.health import health_blueprint
from runner.web.history import history_blueprint
from runner.web.icons import installed_icons
from runner.web.noticing import noticing_blueprint
from runner.web.notifications import notifications_blueprint
from runner.web.outbox import outbox_blueprint
from runner.web.paths import paths_blueprint
from runner.web.person import person_blueprint
from runner.web.ports import Clock, DeskPort, Gate, Outbox, SignInHint
from runner.web.publishing import publishing_blueprint
from runner.web.queue import queue_blueprint
from runner.web.rendering import prepare_templates
from runner.web.requests import requests_blueprint
from runner.web.reviews import reviews_blueprint
from runner.web.schemas import schemas_blueprint
from runner.web.sessions import sessions_blueprint
from runner.web.sign_in import sign_in_blueprint
from runner.web.simulation import simulation_blueprint
from runner.web.submission import submission_blueprint
from runner.web.theme import theme_blueprint
from runner.web.undoing import undoing_blueprint
from runner.web.uploads import allow_uploads, files_blueprint

LARGEST_REQUEST_BYTES = 256 * 1024
MOST_FORM_PARTS = 5_000


def create_app(
    desk: DeskPort,
    gate: Gate,
    *,
    secret_key: bytes,
    demo: bool,
    clock: Clock,
    outbox: Outbox | None = None,
    hints: Sequence[SignInHint] = (),
    zone: tzinfo = UTC,
    verbs: Mapping[str, Verb] | None = None,
    languages: Sequence[str] = ("en", "nl"),
    delegation: Delegation | None = None,
    operators: Operators | None = None,
) -> Flask:
    """Return the application.

    ``secret_key`` signs the form tokens.  A ``demo`` shows its ``outbox`` and, on the sign-in page, ``hints`` of whom to
    sign in as.  ``zone`` is the organisation's time, ``verbs`` those of the installed connectors, for authors' editors.
    ``languages`` are those texts of forms are written in, the first of the settings first.
    ``delegation`` answers who may do what, ``operators`` looks after journal and forms; without them there are no such pages.
    """
    app = Flask("deskhand", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the browser's session
        WTF_CSRF_SSL_STRICT=False,  # the guard looks at Origin and Sec-Fetch-Site for every request, not only on HTTPS
        PROPAGATE_EXCEPTIONS=False,
        **{LANGUAGES: tuple(languages)},
    )
    app.session_interface = FormSecrets()
    web = Web(
        desk, gate, clock, zone, demo, outbox if demo else None, tuple(hints) if demo else (), delegation, operators
    )
    assets = build_assets()
    allow_uploads(app)
    guard(app, web)
    prepare_templates(app, web, assets, installed_icons())
    handle_errors(app, web)
    shared = [assets_blueprint(assets), health_blueprint(web), schemas_blueprint(verbs or {})]
    for blueprint in (*shared, *_blueprints(web)):
        app.register_blueprint(blueprint)
    return app


def _blueprints(web: Web) -> list[Blueprint]:
    """Return the pages of one application; those on rights and the outbox only where there is one."""
    blueprints = [
        theme_blueprint(),
        sign_in_blueprint(web),
        desk_blueprint(web),
        person_blueprint(web),
        form_blueprint(web),
        files_blueprint(web),
        submission_blueprint(web),
        undoing_blueprint(web),
        history_blueprint(web),
        sessions_blueprint(web),
        noticing_blueprint(web),
    ]
    if (delegation := web.delegation) is not None:
        blueprints += [access_blueprint(delegation), paths_blueprint(delegation), reviews_blueprint(web, delegation)]
        blueprints += [asking_blueprint(delegation), simulation_blueprint(delegation)]
        blueprints += [notifications_blueprint(delegation), queue_blueprint(delegation)]
        blueprints.append(requests_blueprint(delegation))
        blueprints.append(bulks_blueprint(delegation))
        blueprints.append(grants_blueprint(delegation))
    if (operators := web.operators) is not None:
        blueprints += [evidence_blueprint(web, operators), publishing_blueprint(operators)]
    if web.outbox is not None:
        blueprints.append(outbox_blueprint(web.outbox))
    return blueprints
