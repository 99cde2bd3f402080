"""What is asked of projects and keys before the project is known, and by the command line."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.projects.model import (
    API_KEYS,
    INSTALLATION,
    MANAGED_PROJECTS,
    PROJECTS,
    ApiKey,
    Installation,
    Project,
)

KEY = Statement(
    sa.select(API_KEYS.sa).where(API_KEYS.c.app_id == sa.bindparam("app_id"), API_KEYS.c.kind == sa.bindparam("kind")),
    ApiKey,
)
"""The key of this id and kind, revoked ones included."""

KEYS_NAMED = Statement(sa.select(API_KEYS.sa).where(API_KEYS.c.app_id == sa.bindparam("app_id")), ApiKey)
"""The keys of this id, of any kind, revoked ones included."""

KEYS_OF_PROJECT = Statement(
    sa.select(API_KEYS.sa)
    .where(API_KEYS.c.project_id == sa.bindparam("project_id"))
    .order_by(API_KEYS.c.created_at, API_KEYS.c.app_id),
    ApiKey,
)
"""A project's keys, oldest first, revoked ones included."""

PROJECT = Statement(sa.select(PROJECTS.sa).where(PROJECTS.c.project_id == sa.bindparam("project_id")), Project)
"""The project with this id."""

ALL_PROJECTS = Statement(sa.select(PROJECTS.sa).order_by(PROJECTS.c.created_at, PROJECTS.c.project_id), Project)
"""Every project of the installation, oldest first."""

REMEMBERED = Statement(sa.select(INSTALLATION.sa).where(INSTALLATION.c.name == sa.bindparam("name")), Installation)
"""What the installation keeps under this name."""

_MANAGED = (
    sa.select(PROJECTS.sa)
    .join_from(MANAGED_PROJECTS.sa, PROJECTS.sa, PROJECTS.c.project_id == MANAGED_PROJECTS.c.managed_id)
    .where(MANAGED_PROJECTS.c.project_id == sa.bindparam("project_id"), PROJECTS.c.deleted_at.is_(None))
)

MANAGED = Statement(_MANAGED.where(MANAGED_PROJECTS.c.managed_id == sa.bindparam("managed_id")), Project)
"""The project with this id, if a key of `project_id` created it and it is not deleted."""

ALL_MANAGED = Statement(_MANAGED, Project)
"""The projects that keys of `project_id` created and that are not deleted."""
