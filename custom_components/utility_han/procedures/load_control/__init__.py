"""Load controls (use case UR-P): known, judged, decided, and kept until they are forgotten."""
