"""Run migrations on the connection that `runner.store.schema` hands over, inside its transaction."""

from alembic import context

_attributes = context.config.attributes
context.configure(connection=_attributes["connection"], version_table=_attributes["version_table"])
context.run_migrations()
