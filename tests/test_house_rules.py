"""The rules of the house: which room may know which, what start-up may import, and that no test leaves the machine."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import openrouter_preflight
from support.network_guard import NetworkReachedError
from support.shipped import shipped_files

PACKAGE = Path(openrouter_preflight.__file__).parent
ROOT = Path(__file__).parent.parent
MODULES = sorted(PACKAGE.rglob("*.py"))

DOORS = {"cli", "action"}
"""The doors may use every room; no room uses a door."""
ALL = {
    *(
        "keys",
        "findings",
        "openrouter",
        "git",
        "detect",
        "scan",
        "health",
        "manage",
        "reports",
        "settings",
        "simulator",
    ),
    *("ci", "hooks", "setup", "doctor", "commands", "cli", "action"),
}
MAY_KNOW = {
    "keys": set(),
    "git": {"keys"},
    "detect": {"keys"},
    "findings": set(),
    "openrouter": {"keys"},
    "health": {"keys", "openrouter", "findings", "settings"},
    "manage": {"keys", "openrouter", "findings", "settings", "git"},
    "scan": {"keys", "git", "detect", "findings", "settings"},
    "reports": {"findings", "ci", "keys"},
    "settings": {"keys", "findings", "reports", "ci"},
    "simulator": {"keys", "findings"},
    "ci": {"keys", "findings"},
    "hooks": {"git", "scan", "findings", "keys"},
    "setup": set(),
    "doctor": {"keys", "git", "hooks", "openrouter", "settings", "setup"},
    "commands": ALL - DOORS - {"reports", "hooks", "setup", "doctor"},
    "cli": ALL - {"action"},
    "action": ALL - {"cli", "hooks"},
}
"""The rooms that a room may import, beside itself and the modules of the package's root."""
SLOW_LIBRARIES = ("httpx", "httpcore", "yaml", "ssl", "click", "asyncio")


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("openrouter_preflight.")}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_it_may_know(module: Path) -> None:
    room = room_of(module)
    assert imported_rooms(module) & ALL <= MAY_KNOW.get(room, set()) | {room} or room not in MAY_KNOW


MOST_MODULES = 15


def test_a_folder_has_no_more_modules_than_a_newcomer_can_look_over() -> None:
    counts = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_modules_import_each_other_in_a_circle_not_for_types_either() -> None:
    assert circles({module_name(path): imported_modules(path) for path in MODULES}) == []


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported_modules(path: Path) -> set[str]:
    """The modules of this package that `path` imports, anywhere in it."""
    known = {module_name(each) for each in MODULES}
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in known:
            found |= {name if (name := f"{node.module}.{alias.name}") in known else node.module for alias in node.names}
    return found - {module_name(path)}


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Remove modules that import nothing that is left; those that stay are in circles, or lead to one."""
    left = dict(imports)
    while leaves := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in leaves:
            del left[name]
    return sorted(left)


@pytest.mark.parametrize("library", ["httpx", "yaml"])
def test_a_heavy_library_is_imported_in_one_module(library: str) -> None:
    pattern = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    users = [path for path in MODULES if pattern.search(path.read_text(encoding="utf-8"))]
    assert len(users) == 1


@pytest.mark.parametrize(
    "module",
    [
        "openrouter_preflight",
        "openrouter_preflight.__main__",
        "openrouter_preflight.keys",
        "openrouter_preflight.findings",
        "openrouter_preflight.settings.model",
        "openrouter_preflight.health.check",
        "openrouter_preflight.detect.detector",
        "openrouter_preflight.reports",
        "openrouter_preflight.simulator",
        "openrouter_preflight.action.main",
    ],
)
def test_importing_pulls_in_no_slow_library(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({SLOW_LIBRARIES!r})))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_importing_anything_asks_no_network_and_starts_no_process() -> None:
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in MODULES]
    code = f"""
import importlib, sys

def refuse(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.", "os.system", "os.exec",
                         "os.posix_spawn", "os.fork")):
        raise SystemExit(f"{{event}} at import")

sys.addaudithook(refuse)
for name in {names!r}:
    if not name.endswith("__main__"):
        importlib.import_module(name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
RUNS_DATA = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "code", "codeop"}
RUNS_SHELLS = {"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_or_data_is_ever_run(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            assert not {name.split(".")[0] for name in modules} & RUNS_DATA, f"line {node.lineno}"
        elif isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            assert called not in RUNS_TEXT | RUNS_SHELLS, f"line {node.lineno}"
            assert method not in RUNS_SHELLS, f"line {node.lineno}"
            assert not any(keyword.arg == "shell" for keyword in node.keywords), f"line {node.lineno}"


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_tracked_file_holds_a_full_shape_key() -> None:
    shape = re.compile(rb"sk-or-v1-[0-9a-fA-F]{64}")
    assert [name for name in shipped_files() if shape.search((ROOT / name).read_bytes())] == []


def test_no_test_can_reach_the_network() -> None:
    with pytest.raises(NetworkReachedError):
        socket.create_connection(("openrouter.ai", 443), timeout=1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as plain, pytest.raises(NetworkReachedError):
        plain.connect(("192.0.2.1", 443))
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as six, pytest.raises(NetworkReachedError):
        six.connect(("2001:db8::1", 443))


RIDDLES = ("What", "Whether", "Where", "How", "Which")
LONGEST_FIRST_LINE = 80


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_docstring_is_imperative_or_names_a_thing_in_a_line_that_fits(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, documented)]
    first_lines = [text.split("\n", 1)[0] for text in texts if text]
    assert [line for line in first_lines if line.split(" ", 1)[0] in RIDDLES or len(line) > LONGEST_FIRST_LINE] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a source distribution has no list of its files")
def test_our_own_hook_would_take_every_file_of_this_repository() -> None:
    command = [sys.executable, "-m", "openrouter_preflight", "scan", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
