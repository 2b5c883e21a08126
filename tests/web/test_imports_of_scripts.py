"""Modules in the browser: what one imports is served, else none of them runs."""

from runner.web.assets import build_assets


def test_no_script_imports_what_is_not_served() -> None:
    assets = build_assets()
    astray = [
        one.name for one in assets if one.name.endswith(".js") and any(sign in one.content for sign in (b'"./', b"'./"))
    ]
    assert astray == [], "a module stands in front of one that it imports"
