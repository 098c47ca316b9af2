"""Parts of the screen *Orders*."""
