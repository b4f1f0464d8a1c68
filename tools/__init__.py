"""What maintainers run: generators of everything that is derived from the rules, and the scaffold."""
