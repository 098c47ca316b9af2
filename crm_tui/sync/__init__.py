"""How files meet: bundles, merge, conflicts."""
