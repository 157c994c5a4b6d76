"""Make Airflow's roles what this file says, and its first account, whose password is on standard input.

Run by the service ``migrate`` at each start. An account that exists is not touched; of the roles below only people's
membership is kept. Airflow's own role Admin may do everything. What each role is for: docs/operation.md.
"""

from __future__ import annotations

import sys

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

PREPARING = ("monthly_ratings", "late_answers", "upkeep")
PUBLISHING = "publish_ratings"

_SEEN = (
    "Assets",
    "DAG Code",
    "DAG Dependencies",
    "DAG Runs",
    "DAG Versions",
    "DAG Warnings",
    "DAGs",
    "HITL Detail",
    "ImportError",
    "Jobs",
    "Pools",
    "Task Instances",
    "Task Logs",
    "Website",
    "XComs",
)
_MENUS = ("Assets", "Browse", "DAG Runs", "DAGs", "Docs", "HITL Detail", "Task Instances")
_OWN = ("My Password", "My Profile")

VIEWER = (
    *(("can_read", resource) for resource in (*_SEEN, *_OWN)),
    *(("menu_access", resource) for resource in _MENUS),
    *(("can_edit", resource) for resource in _OWN),
)
ROLES = {
    "viewer": VIEWER,
    # Not of the DAG that publishes: who may edit a DAG's tasks can set the one that asks for approval to success
    "operator": (
        *VIEWER,
        *(("can_edit", f"DAG:{dag}") for dag in PREPARING),
        ("can_create", "DAG Runs"),
        ("can_edit", "DAG Runs"),
        ("can_edit", "Task Instances"),
    ),
    # An answer counts as an edit of the DAG that asks
    "approver": (*VIEWER, ("can_edit", f"DAG:{PUBLISHING}"), ("can_edit", "HITL Detail")),
}


def main() -> None:
    """Write the roles, and the account ``admin`` where there is none."""
    password = sys.stdin.read().strip()
    with get_application_builder() as builder:
        manager = builder.sm
        for name, permissions in ROLES.items():
            role = manager.add_role(name)
            role.permissions = [manager.create_permission(action, resource) for action, resource in permissions]
        manager.session.commit()
        if manager.find_user("admin"):
            return
        admin = manager.find_role("Admin")
        if not manager.add_user("admin", "First", "Account", "admin@localhost", admin, password=password):
            sys.exit("the account 'admin' could not be made: see the lines above")


if __name__ == "__main__":
    main()
