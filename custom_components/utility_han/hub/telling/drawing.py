"""What pictures have in common, as SVG: colours that go with a light and a dark frontend."""

STYLE = (
    "<style>.g{fill:#fff}.t{fill:#1b1b1b}.l{stroke:#9e9e9e}.b{fill:#e0e0e0}"
    "@media (prefers-color-scheme:dark){.g{fill:#1c1c1c}.t{fill:#e1e1e1}.l{stroke:#757575}.b{fill:#424242}}</style>"
)
"""The ground ``g``, text ``t``, lines ``l``, and bars that nothing fills ``b``."""
FONT = "Roboto, Noto, sans-serif"
