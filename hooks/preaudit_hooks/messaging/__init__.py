"""The project's messaging as one model: apps, queues, routes, tasks, sends, workers, and what is delivered where."""
