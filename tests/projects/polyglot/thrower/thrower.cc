#include "thrower.h"

void refuse(const char *why)
{
    throw Refused(why);
}
