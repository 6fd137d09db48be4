"""Who imports whom, read from the source: at the top of a file, in functions and under ``TYPE_CHECKING`` alike."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

type Graph = dict[str, set[str]]
"""Modules with those they import. The ``__init__`` of a package is a module of its own, named as the package."""


def import_graph(base: Path, folders: Iterable[str]) -> Graph:
    """Return the imports among the modules in ``folders`` below ``base``."""
    files = {_name_of(path.relative_to(base)): path for folder in folders for path in (base / folder).rglob("*.py")}
    return {
        name: {found for found in _imports(name, path, files.keys()) if found in files and found != name}
        for name, path in sorted(files.items())
    }


def _name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(name: str, path: Path, modules: Set[str]) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: -(node.level - 1) or None] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner in modules else source


def circles(graph: Mapping[str, Set[str]]) -> list[list[str]]:
    """Return the modules that import each other, directly or by way of others, the largest group first."""
    reached = {name: reachable(graph, name) for name in graph}
    circular = [name for name, found in reached.items() if name in found]
    groups = {
        frozenset(other for other in circular if other in reached[name] and name in reached[other])
        for name in circular
    }
    return sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group))


def reachable(graph: Mapping[str, Set[str]], name: str) -> set[str]:
    """Return what a module imports, directly or by way of others; itself only where it is in a circle."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        for imported in graph.get(ahead.pop(), ()):
            if imported not in found:
                found.add(imported)
                ahead.append(imported)
    return found
