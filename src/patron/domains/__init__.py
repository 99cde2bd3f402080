"""The domain: one folder for each noun, named as its URL, in ranked order; a domain calls lower ones only."""
