"""What is left of earlier runs is told from what somebody still uses."""

import subprocess
import sys

from deploy.samlad.testing import leftovers


def _project_of_another_process() -> tuple[str, subprocess.Popen[str]]:
    code = (
        "from deploy.samlad.testing.leftovers import new_project\n"
        "print(new_project(), flush=True)\ninput()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    return child.stdout.readline().strip(), child


def test_a_project_whose_process_has_ended_is_forgotten() -> None:
    name, child = _project_of_another_process()
    assert leftovers.forgotten([name]) == []
    child.communicate("\n", timeout=30)
    assert leftovers.forgotten([name]) == [name]


def test_other_peoples_projects_are_none_of_ours() -> None:
    of_another_machine = "samlad-test-000000-999999999-abcdef"
    names = ["samlad", "samlad-demo", "samlad-test", "samlad-test-1-2", of_another_machine]
    assert leftovers.forgotten([leftovers.new_project(), *names]) == []


def test_names_differ_and_are_what_compose_allows() -> None:
    names = {leftovers.new_project() for _ in range(20)}
    assert len(names) == 20
    assert all(name == name.lower() and name[0].isalnum() for name in names)
