/* Inlined into the other file of the extension, and so gone, if the linker optimises. */
__attribute__((visibility("hidden"))) int steps_to_one(unsigned long number)
{
    int steps = 0;
    for (; number != 1; steps++)
        number = number % 2 ? 3 * number + 1 : number / 2;
    return steps;
}
