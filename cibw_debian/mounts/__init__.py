"""What `run` mounts into containers: each says what it needs, and makes it ready."""
