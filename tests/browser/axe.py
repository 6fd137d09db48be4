"""What axe-core has to say of a part of a page: a program that others wrote, by the rules of WCAG."""

import logging
from pathlib import Path
from typing import Any

from playwright.async_api import Page

_LOGGER = logging.getLogger(__name__)
_FILE = Path(__file__).parent.parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async prefix => {
  const ours = [];
  const look = root => {
    for (const each of root.querySelectorAll("*")) {
      if (each.localName.startsWith(prefix) && each.localName.endsWith("-card")) ours.push(each);
      if (each.shadowRoot) look(each.shadowRoot);
    }
  };
  look(document);
  const path = element => {
    const found = [];
    for (let each = element; each; each = each.getRootNode().host) {
      each.dataset.axe ??= String(Math.random()).slice(2);
      found.unshift(`[data-axe="${each.dataset.axe}"]`);
    }
    return {fromShadowDom: found};
  };
  const {violations} = await axe.run({include: ours.map(path)}, {resultTypes: ["violations"]});
  return {looked: ours.length, violations: violations.map(({id, help, nodes}) =>
    [id, help, nodes.map(node => [node.html.slice(0, 200), node.failureSummary])])};
}"""


async def findings(page: Page, prefix: str, expected: int) -> list[Any]:
    """Return what axe finds wrong in the ``expected`` cards whose names begin so.

    ``script/test`` installs it where there is npm, and says loudly where there is none.
    """
    if not _FILE.exists():
        _LOGGER.warning("DID NOT RUN: axe-core is not installed (script/frontend --install)")
        return []
    await page.evaluate(_FILE.read_text())
    found = await page.evaluate(_RUN, prefix)
    assert found["looked"] == expected
    return list(found["violations"])
