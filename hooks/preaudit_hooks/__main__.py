"""`python -m preaudit_hooks`: the command, where its script is not on the path."""

from preaudit_hooks.cli import entry

if __name__ == "__main__":
    entry()
