import pytest
from batch_fakes import Archive


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)
