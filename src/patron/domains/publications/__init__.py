"""Publications: that a customer was given a code, or several, and which (spec I 2.4).

Nouns: `Publication`, `PublicationKey` (what a source_id was used for), `PublicationVoucher` (which codes were given
away), `Membership` (the code that a customer has of a campaign). Verbs: `publish`, by the voucher's code or by the
campaign, from the shop's server or from a page; `list_publications`; `metadata_given`
tells with which metadata codes were given away.
"""

from patron.domains.publications.actions.metadata import metadata_given

__all__ = ["metadata_given"]
