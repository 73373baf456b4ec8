"""The sandbox networks as a process of the tests' own. `running_sandbox` is the one of the run."""

from tests.connectors.sandbox.conftest import SandboxProcess, running_sandbox

__all__ = ["SandboxProcess", "running_sandbox"]
