"""What each file contributes to the project, one kind of fact a module."""
