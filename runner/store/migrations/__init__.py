"""Migrations, applied in order by `runner.store.schema.upgrade`."""
