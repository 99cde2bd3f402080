"""The customer's page: what a shop keeps of a person, shown to that person behind a signed link."""
