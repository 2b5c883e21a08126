"""The small company, for tests of workers."""

from tests.runner.pipeline.conftest import company_template, desk

__all__ = ["company_template", "desk"]
