"""`feverhub config check` on the decoding options of a sensor."""

import pytest


@pytest.mark.parametrize(("index", "says"), [("0", "'0'"), ('"second"', "'second'"), ('"1"', ""), ("2", "")])
def test_an_index_is_a_number_from_one_on(feverhub, config, index, says):
    config.write_text(config.read_text().replace("[[device]]", f"[[device]]\noptions = {{ index = {index} }}", 1))
    checked = feverhub("config", "check", "-c", config)
    if says:
        assert checked.code == 3
        assert f"options: expected 1 to 16 as option index, got {says}" in checked.err
    else:
        assert checked.code == 0, checked.err
