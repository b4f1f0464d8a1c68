"""The web applications of a project: apps, routers, routes and what serves them."""
