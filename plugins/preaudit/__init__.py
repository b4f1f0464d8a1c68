"""preaudit: what production audits of Python backends find, at commit time."""

__version__ = "0.1.0"
