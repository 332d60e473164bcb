"""From the text of a hook to its translation and to what there is to say about it."""
