"""A fault that is meant for one company leaves the others on the same network alone."""

import pytest

from connectors import errors
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import SLUGS, Company


@pytest.mark.parametrize("slug", SLUGS)
def test_only_the_company_that_is_meant_hears_no(sandbox: SandboxProcess, slug: str) -> None:
    meant, other = Company(sandbox, slug), Company(sandbox, slug)
    meant.arm("server_error_json", times=None, account=meant.made["id"])
    with pytest.raises(errors.Transient):
        meant.connector.check()
    assert other.connector.check().own_id == other.made["id"]
