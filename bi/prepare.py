"""Bring Superset's own database to the current version, set its admin's password, and bring in ``bi/assets``.

Run by ``bi/start`` before each start. What is there already is overwritten by its uuid, so that running twice equals
running once; what people have made in Superset stays.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from flask_migrate import upgrade
from superset.app import create_app

if TYPE_CHECKING:
    from flask_appbuilder.security.sqla.models import PermissionView

ASSETS = Path(__file__).resolve().parent / "assets"
ADMIN = "admin"
READER = "Reader"
WAREHOUSE = ASSETS / "databases" / "warehouse.yaml"

# what Gamma has of this, and a reader has not; it is named by what Superset calls it
CHANGES = {"can_write", "can_add", "can_edit", "can_delete", "can_delete_embedded", "can_tag", "can_bulk_create"}
CHANGES |= {"can_put_chart_customizations"}
OWN = {
    *("CurrentUserRestApi", "DashboardFilterStateRestApi", "DashboardPermalinkRestApi"),
    *("ExploreFormDataRestApi", "ExplorePermalinkRestApi"),
}


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
    """Make the role of those who look at the dashboards anew: Superset's own Gamma, this warehouse, and no writing."""
    from superset import db
    from superset import security_manager as people
    from superset.models.core import Database

    warehouse = db.session.query(Database).filter_by(uuid=yaml.safe_load(WAREHOUSE.read_text("utf-8"))["uuid"]).one()
    seen = people.add_permission_view_menu("database_access", warehouse.perm)
    granted = people.find_role("Gamma").permissions
    people.add_role(READER).permissions = [seen, *(one for one in granted if not writes(one))]
    db.session.commit()


def writes(granted: PermissionView) -> bool:
    """Whether a right lets people change what others see; their own password and filters are theirs."""
    return granted.permission.name in CHANGES and granted.view_menu.name not in OWN


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
