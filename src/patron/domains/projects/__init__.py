"""Projects, their settings and their keys: who may ask this server, on whose behalf, and how often.

A project is a shop's whole world; nothing of one can be seen from another. A key opens one project to one kind
of caller. Tokens are shown once and kept as SHA-256. Verbs: `open_project`, `open_project_once`, `change_settings`,
`create_key`, `revoke_key`, `installation_secrets`, `rotate_secret`; `Authenticator` answers who a request comes from,
`ProjectSettings.of(rulebook)` what the project has chosen, `calendar_of` when its days and weeks begin, and `is_open`
whether it is there at all.
"""

from patron.domains.projects.policy import calendar_of, is_open

__all__ = ["calendar_of", "is_open"]
