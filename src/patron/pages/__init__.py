"""Pages: HTML for people, rendered from templates. They call domains' actions, like everyone else."""
