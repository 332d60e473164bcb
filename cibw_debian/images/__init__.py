"""Images: the catalogue, and those that are built on this machine."""
