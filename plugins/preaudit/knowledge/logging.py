"""logging: calls return at once; where the records go is the handlers' business."""

DISTRIBUTION = ""

CLASSES = {
    "logging.Logger": {"default": "free", "methods": {"getChild": "free -> logging.Logger"}},
    "logging.LoggerAdapter": {"default": "free", "attrs": {"logger": "free -> logging.Logger"}},
}

FUNCTIONS = {
    "logging.getLogger": "free -> logging.Logger",
}

VALUES = {
    "logging.root": "logging.Logger",
}
