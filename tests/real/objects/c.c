#include <complex.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __thread int of_thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Constants are computed by the compiler, in the target's arithmetic. */
const double folded = 0x1.fffp-3 * 3.1;
const long double third = 1.1L / 3;
const float denormal = 1e-39f;

__attribute__((constructor)) static void start(void)
{
    of_thread = 3;
}

__attribute__((destructor)) static void stop(void)
{
    of_thread = 4;
}

double dot(const double *a, const double *b, int length)
{
    double sum = 0;
    for (int i = 0; i < length; i++)
        sum += a[i] * b[i];
    return sum;
}

void scale(float *restrict y, const float *restrict x, float factor, int length)
{
    for (int i = 0; i < length; i++)
        y[i] += factor * x[i];
}

unsigned long long divide(unsigned long long a, unsigned b)
{
    return a * b / 7 % 13 / b;
}

int table(int key)
{
    switch (key) {
    case 1: return 5;
    case 2: return 7;
    case 3: return 11;
    case 4: return 13;
    case 99: return 1;
    default: return of_thread;
    }
}

double complex rotate(double complex number)
{
    return csin(number) * number;
}

char *copy(const char *text)
{
    char *copied = malloc(strlen(text) + 1);
    if (copied)
        strcpy(copied, text);
    pthread_mutex_lock(&mutex);
    of_thread++;
    pthread_mutex_unlock(&mutex);
    return copied;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void sort(int *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare);
    printf("%f %s\n", sqrt(count), __FILE__);
}
