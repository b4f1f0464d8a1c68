"""GitHub workflows: the variables that a workflow, its jobs and steps set, and what its scripts run."""

from __future__ import annotations

from preaudit_hooks.documents.appspec import scalar_commands
from preaudit_hooks.documents.compose import own_place
from preaudit_hooks.documents.shell import ShellDocument
from preaudit_hooks.documents.yaml import Mapping, Scalar, Sequence, YamlDocument, resolve


class WorkflowDocument(YamlDocument):
    """A workflow: `variables` [(name, value, place)], `services` names, `commands` of all `run:` steps."""

    kind = "workflow"

    def __init__(self, path: str, text: str):
        """Read the text; what is wrong with it goes to `problems`, nothing is raised."""
        super().__init__(path, text)
        self.variables: list = []
        self.commands: list = []
        self.written: list = []
        self.uses: list = []
        if self.root is None:
            return
        self._env(self.root)
        jobs = self.root.get("jobs")
        for _, job, _ in jobs.merged() if isinstance(jobs, Mapping) else ():
            job = resolve(job)
            if isinstance(job, Mapping):
                self._job(job)

    def _job(self, job):
        self._env(job)
        services = job.get("services")
        for _, service, _ in services.merged() if isinstance(services, Mapping) else ():
            if isinstance(resolve(service), Mapping):
                self._env(resolve(service))
        steps = job.get("steps")
        for step in map(resolve, steps.items if isinstance(steps, Sequence) else ()):
            if not isinstance(step, Mapping):
                continue
            self._env(step)
            uses, run = step.get("uses"), step.get("run")
            if isinstance(uses, Scalar):
                self.uses.append(uses.text)
            if isinstance(run, Scalar):
                self.commands += scalar_commands(self, run)
                script = ShellDocument(self.path, run.text)
                place = own_place(self, run)
                self.written += [(entry.name, place) for each in script.written for entry in each.entries]
                self.variables += [(each.name, each.value, place) for each in script.assignments if each.declared]

    def _env(self, node):
        env = node.get("env")
        for key, value, _ in env.merged() if isinstance(env, Mapping) else ():
            value = resolve(value)
            if isinstance(key, Scalar):
                text = value.text if isinstance(value, Scalar) else ""
                self.variables.append((key.text, text, own_place(self, key)))
