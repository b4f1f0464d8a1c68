"""docker: every operation of the client asks the daemon."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "docker"

_M = "docker.models."
CANONICAL = {"docker.client.DockerClient": "docker.DockerClient", "docker.client.from_env": "docker.from_env"}
CLASSES = {
    "docker.DockerClient": {
        "methods": {
            **each("network", "ping info version df events login"),
            "from_env": "network -> self",
            "close": "free",
        },
        "attrs": {
            "containers": f"free -> {_M}containers.ContainerCollection",
            "images": f"free -> {_M}images.ImageCollection",
            "volumes": f"free -> {_M}volumes.VolumeCollection",
            "networks": f"free -> {_M}networks.NetworkCollection",
            "api": "free",
        },
    },
    f"{_M}containers.ContainerCollection": {
        "methods": {
            "run": "network",
            "list": f"network -> list[{_M}containers.Container]",
            **each(f"network -> {_M}containers.Container", "get create"),
            "prune": "network",
        },
    },
    f"{_M}containers.Container": {
        "methods": each(
            "network",
            "start stop kill restart remove logs exec_run wait stats reload commit top put_archive get_archive pause",
        ),
        "attrs": each("free", "id name attrs labels"),
    },
    f"{_M}images.ImageCollection": {"methods": each("network", "pull push build list get remove load prune search")},
    f"{_M}volumes.VolumeCollection": {"methods": each("network", "create get list prune")},
    f"{_M}networks.NetworkCollection": {"methods": each("network", "create get list prune")},
}
FUNCTIONS = {"docker.from_env": "network -> docker.DockerClient"}
INSTEAD = {"docker.": "asyncio.to_thread"}
