"""Checks what linters do not: circles, sizes, who asks or acts without a bound, stray docstrings, the drawing.

usage: python -m script.check_house          says what is wrong
       python -m script.check_house --draw   draws the house as it is, for docs/architecture.md
"""

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from itertools import pairwise, takewhile
from pathlib import Path

from .import_graph import Graph, circles, import_graph, reachable

ROOT = Path(__file__).parent.parent
COMPONENT = "custom_components/utility_han"
DRAWING = "docs/architecture.md"
FOLDERS = (COMPONENT, "simulator", "script", "bench")
MOST_LINES = 500
MOST_LINES_OF_A_CLASS = 300
MOST_FILES_AT_THE_TOP = 28
MOST_FILES_IN_A_FOLDER = 36

CONTRACT = "contract"
"""Home Assistant's contract: the files at the component's top, which it looks for by their names."""
ROOMS = (
    CONTRACT,
    "health",
    "vehicles",
    "reports",
    "load_control",
    "devices",
    "account",
    "hub",
    "documents",
    "procedures",
    "gateway",
    "utility",
    "esi",
)
"""From top to bottom."""
_PACKAGE = COMPONENT.replace("/", ".")
_NAMES_FOR_ALL = f"{_PACKAGE}.const"
"""Any of Home Assistant's rooms may import it, so that arrows to it would say nothing."""
_ASKS = ("utility/request.py", "hub/hearing.py", "gateway/ieee2030_5/")
"""Where HTTP is asked, where what is posted to us is read, and where a session is one of aio2030dot5."""
_HTTP = re.compile(
    r".*(?:session|web|clientsession\(.*\))\.(?:get|post|put|patch|delete|head|options|request|ws_connect)"
    r"|.*(?:response|resp|request)\.(?:json|text|read|post)"
    r"|.*content\.(?:read|readany|readline|iter_chunked|iter_any)"
    r"|(?:requests|httpx|urllib\.request)\..*|urlopen"
)
_ACTS = "hub/acting.py"
_ACTION = re.compile(r".*services\.async_call")
_ARROW = re.compile(r"^\s*(\w[\w &]*?)\s*-->\s*(\w[\w &]*?)\s*$")
_FLAT = '%%{init: {"flowchart": {"wrappingWidth": 320, "rankSpacing": 24}}}%%'
"""Has each room on a few lines, close to the next: the whole house is seen at once."""
_NODE = re.compile(r"^\s*(\w+)\[")


def room_of(module: str) -> str | None:
    """Return the room of a module of the component, None where it belongs to none."""
    if module == _NAMES_FOR_ALL or not f"{module}.".startswith(f"{_PACKAGE}."):
        return None
    name = module.removeprefix(_PACKAGE).lstrip(".").partition(".")[0]
    return name if name in ROOMS else CONTRACT


def arrows_of(graph: Graph) -> dict[str, set[str]]:
    """Return each room with the rooms that it imports from."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for module, imported in graph.items():
        if (room := room_of(module)) is not None:
            arrows[room] |= {other for found in imported if (other := room_of(found)) not in (None, room)}
    return {room: arrows[room] for room in ROOMS if room in arrows}


def fewest(arrows: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """Return the arrows without those between rooms that others connect anyway."""
    return {
        room: set(others).difference(*(reachable(arrows, other) for other in others))
        for room, others in arrows.items()
    }


def draw(arrows: Mapping[str, Set[str]], about: Mapping[str, str]) -> str:
    """Return the drawing, with the fewest arrows."""
    lines = ["```mermaid", _FLAT, "flowchart TD"]
    lines += [f'  {room}["<b>{room}</b><br/>{about[room]}"]' for room in arrows]
    for room, others in fewest(arrows).items():
        if others:
            lines.append(f"  {room} --> {' & '.join(sorted(others, key=ROOMS.index))}")
    return "\n".join([*lines, "```"])


def drawn(text: str) -> dict[str, set[str]]:
    """Return the arrows of the first drawing in a document."""
    lines = takewhile(lambda line: not line.startswith("```"), text.partition("```mermaid\n")[2].splitlines())
    arrows: dict[str, set[str]] = {}
    for line in lines:
        if node := _NODE.match(line):
            arrows.setdefault(node[1], set())
        elif arrow := _ARROW.match(line):
            for room in arrow[1].split(" & "):
                arrows.setdefault(room, set()).update(arrow[2].split(" & "))
    return arrows


def wrong_in_drawing(shown: Mapping[str, Set[str]], arrows: Mapping[str, Set[str]]) -> Iterator[str]:
    """Yield in what the drawing differs from the house, which has these ``arrows``."""
    real = fewest(arrows)
    if not shown:
        yield f"{DRAWING} has no drawing; --draw makes one"
        return
    for room in sorted(shown.keys() | real.keys()):
        if room not in shown:
            yield f"{DRAWING}: the room {room} is not drawn"
        elif room not in real:
            yield f"{DRAWING}: {room} is drawn, but there is no such room"
        wanted, found = real.get(room, set()), shown.get(room, set())
        for other in sorted(wanted - found):
            yield f"{DRAWING}: no arrow {room} --> {other}, but {room} imports from {other}"
        for other in sorted(found - wanted):
            yield f"{DRAWING}: an arrow {room} --> {other}, but {room} imports nothing from it, or by others too"


def _circles(graph: Graph) -> Iterator[str]:
    for circle in circles(graph):
        yield f"circle of {len(circle)}: {', '.join(circle)}"


def too_large(root: Path) -> Iterator[str]:
    """Yield what has grown too large to be read in one go."""
    if (top := len(list((root / COMPONENT).glob("*.py")))) > MOST_FILES_AT_THE_TOP:
        yield f"{COMPONENT}: {top} files at the top, more than {MOST_FILES_AT_THE_TOP}"
    folders = Counter(path.parent for folder in (COMPONENT, "simulator") for path in (root / folder).rglob("*.py"))
    for folder, files in sorted(folders.items()):
        if files > MOST_FILES_IN_A_FOLDER:
            yield f"{folder.relative_to(root)}: {files} files in one folder, more than {MOST_FILES_IN_A_FOLDER}"
    for path in sorted(path for folder in (COMPONENT, "simulator") for path in (root / folder).rglob("*.py")):
        source, name = path.read_text(), path.relative_to(root)
        if (lines := len(source.splitlines())) > MOST_LINES:
            yield f"{name}: {lines} lines, more than {MOST_LINES}"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_LINES_OF_A_CLASS:
                    yield f"{name}: class {node.name} has {lines} lines, more than {MOST_LINES_OF_A_CLASS}"


def asking_elsewhere(root: Path) -> Iterator[str]:
    """Yield who asks over HTTP, reads what comes, or has an action done elsewhere than where that has its bounds."""
    for path in sorted((root / COMPONENT).rglob("*.py")):
        name = path.relative_to(root / COMPONENT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if not name.startswith(_ASKS) and _HTTP.fullmatch(called):
                yield f"{COMPONENT}/{name}:{node.lineno}: {called}() instead of utility.request.ask()"
            if name != _ACTS and _ACTION.fullmatch(called):
                yield f"{COMPONENT}/{name}:{node.lineno}: {called}() instead of hub.acting.async_do()"


def about_nothing(root: Path) -> Iterator[str]:
    """Yield docstrings that stand below nothing that they could be about: what it was has moved away or is gone."""
    for path in sorted((root / COMPONENT).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Module | ast.ClassDef):
                continue
            for above, this in pairwise(node.body):
                says = isinstance(this, ast.Expr) and isinstance(this.value, ast.Constant)
                if says and not isinstance(above, ast.Assign | ast.AnnAssign | ast.TypeAlias):
                    yield f"{path.relative_to(root)}:{this.lineno}: a docstring of nothing"


def problems(root: Path) -> Iterator[str]:
    """Yield what is wrong in the checkout at ``root``, in words."""
    graph = import_graph(root, FOLDERS)
    yield from wrong_in_drawing(drawn((root / DRAWING).read_text()), arrows_of(graph))
    yield from _circles(graph)
    yield from too_large(root)
    yield from asking_elsewhere(root)
    yield from about_nothing(root)


def _about(root: Path, room: str) -> str:
    """Return what a room is in its own words."""
    path = root / COMPONENT / ("" if room == CONTRACT else room) / "__init__.py"
    words = ast.get_docstring(ast.parse(path.read_text())) or ""
    return re.sub(r'["`]', "", words.partition("\n")[0]).rstrip(".")


def main() -> int:
    """Draw the house, or print what is wrong with it; 1 if anything is."""
    if sys.argv[1:] == ["--draw"]:
        arrows = arrows_of(import_graph(ROOT, (COMPONENT,)))
        print(draw(arrows, {room: _about(ROOT, room) for room in arrows}))
        return 0
    found = list(problems(ROOT))
    for problem in found:
        print(problem)
    print(f"house: {len(found)} problems")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
