def twice(double number):
    return 2 * number
