from cythonic._sum cimport number


def total(values):
    """Return the sum."""
    cdef number result = 0
    for value in values:
        result += value
    return result
