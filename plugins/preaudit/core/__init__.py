"""What rules share: findings, the walk, names, types, contexts, the project and its cache."""
