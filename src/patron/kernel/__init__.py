"""Values without a domain: time, ids, problems, signatures. Standard library only; no I/O, no float."""
