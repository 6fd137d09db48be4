"""What MkDocs does besides: the pages that stand beside docs/, and links that hold in the tree and on the site alike.

Hooks of MkDocs (https://www.mkdocs.org/user-guide/plugins/#events), named in mkdocs.yml. In the tree all links are
paths to files, so that pages can be read where they are; here a link out of docs/ becomes one to the page of that
file, or to the file in the repository whose address manifest.json has. What is not in the tree either, MkDocs
tells as broken.
"""

import json
import posixpath
import re
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
_COMPONENT = ROOT / "custom_components" / "utility_han"
_BROUGHT_IN = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
    "simulator/README.md": "simulator.md",
}
"""Pages of the tree and what they are on the site."""
_OF_TREE = {site: tree for tree, site in _BROUGHT_IN.items()}
_SITE_OF = _BROUGHT_IN | {"README.md": "index.md"}
_ICON = _COMPONENT / "brand" / "icon.png"
_SCRIPTS = ROOT / ".tools" / "docs"
"""What script/docs has fetched, so that nothing is loaded from elsewhere."""
_MERMAID, _IFRAME_WORKER = "mermaid.js", "iframe-worker.js"
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)((?:#[^)\s]*)?)(?=\))")
"""A relative link of Markdown: its path and its anchor."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have the search in a folder take our copy of what it needs."""
    if (_SCRIPTS / _IFRAME_WORKER).exists():
        config.extra["polyfills"] = [f"assets/{_IFRAME_WORKER}"]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add what is beside docs/."""
    for tree, site in _BROUGHT_IN.items():
        files.append(File.generated(config, site, content=(ROOT / tree).read_text()))
    files.append(File.generated(config, "assets/icon.png", abs_src_path=str(_ICON)))
    for script in _SCRIPTS.glob("*.js"):
        files.append(File.generated(config, f"assets/{script.name}", abs_src_path=str(script)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Have links lead to the site's pages, else into the repository."""
    here = page.file.src_uri
    folder = posixpath.dirname(_OF_TREE.get(here, f"docs/{here}"))

    def led(found: re.Match[str]) -> str:
        path, anchor = found.groups()
        tree = posixpath.normpath(posixpath.join(folder, path))
        site = _SITE_OF.get(tree, tree.removeprefix("docs/") if tree.startswith("docs/") else None)
        if site is not None:
            return posixpath.relpath(site, posixpath.dirname(here) or ".") + anchor
        if (ROOT / tree).exists():
            return f"{_repository()}/blob/HEAD/{tree}{anchor}"
        return found.group()

    return _LINK.sub(led, markdown)


@cache
def _repository() -> str:
    """Return the repository's address, from the one place that has it."""
    address: str = json.loads((_COMPONENT / "manifest.json").read_text())["documentation"]
    return address


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Have the page draw its diagrams by itself."""
    if '<pre class="mermaid">' not in output or not (_SCRIPTS / _MERMAID).exists():
        return output
    script = posixpath.relpath(f"assets/{_MERMAID}", posixpath.dirname(page.file.dest_uri) or ".")
    return output.replace("</head>", f'<script src="{script}"></script></head>', 1)
