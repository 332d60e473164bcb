def longest(list words not None) -> str:
    """Return the longest of some words."""
    return max(words, key=lambda word: len(word))
