"""As for categories."""

from tests.domains.categories.conftest import Made, category, ok, project, refused, rules_path, server, shop

__all__ = ["Made", "category", "ok", "project", "refused", "rules_path", "server", "shop"]
