"""Bring Superset's own database to the current version, set its admin's password, and bring in ``bi/assets``.

Run by ``bi/start`` before each start. What is there already is overwritten by its uuid, so that running twice equals
running once; what people have made in Superset stays.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from flask_migrate import upgrade
from superset.app import create_app

ASSETS = Path(__file__).resolve().parent / "assets"
ADMIN = "admin"
READER = "Reader"


def contents() -> dict[str, str]:
    """The files of the assets by their path, as an export from Superset's pages has them."""
    return {str(file.relative_to(ASSETS)): file.read_text("utf-8") for file in sorted(ASSETS.rglob("*.yaml"))}


def ensure_admin(password: str) -> None:
    """Make the admin, or give it its password again."""
    from superset import security_manager as people

    if admin := people.find_user(ADMIN):
        people.reset_password(admin.id, password)
    else:
        people.add_user(ADMIN, "Hài", "Lòng", "admin@localhost", people.find_role("Admin"), password=password)


def ensure_readers() -> None:
    """Make the role of those who look at the dashboards: Superset's own Gamma, and every dataset of the warehouse."""
    from superset import db
    from superset import security_manager as people
    from superset.models.core import Database

    people.copy_role("Gamma", READER, merge=True)
    for database in db.session.query(Database):
        seen = people.add_permission_view_menu("database_access", database.perm)
        people.add_permission_role(people.find_role(READER), seen)
    db.session.commit()


def prepare() -> None:
    """Do all of it in one process: each start of Superset's command line would take seconds."""
    logging.disable(logging.WARNING)  # a first start would tell of hundreds of steps
    app = create_app()
    with app.app_context():
        upgrade()
        from superset import appbuilder
        from superset import security_manager as people
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.utils.core import override_user

        appbuilder.add_permissions(update_perms=True)
        people.sync_role_definitions()
        ensure_admin(os.environ["SUPERSET_ADMIN_PASSWORD"])
        with override_user(people.find_user(ADMIN)):
            ImportAssetsCommand(contents()).run()
        ensure_readers()


if __name__ == "__main__":
    prepare()
