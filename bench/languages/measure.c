/* Measures libballast in this process; prints microseconds as JSON: measure warm|cold SLIM ROOT */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ballast/ballast.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static ballast_package* package;
static ballast_options options = BALLAST_OPTIONS_INIT;

static void check(int code) {
    if (code != BALLAST_OK) exit(code);
}

static void hydrate(void) {
    ballast_tree* tree = NULL;
    check(ballast_hydrate(package, &options, &tree, NULL));
    ballast_tree_close(tree);
}

static void path(void) {
    ballast_tree* tree = NULL;
    const char* where = NULL;
    check(ballast_path(package, "usr/bin/sed", &options, &tree, &where, NULL));
    ballast_tree_close(tree);
}

static double timed(void (*work)(void), int times) {
    const double start = now();
    int i = 0;
    for (i = 0; i < times; ++i) work();
    return (now() - start) / times;
}

int main(int argc, char** argv) {
    double opened = now();
    double first = 0;
    if (argc != 4) return 2;
    options.root = argv[3];
    check(ballast_package_open(argv[2], &package, NULL));
    opened = now() - opened;
    first = timed(hydrate, 1);
    if (strcmp(argv[1], "cold") == 0) {
        printf("{\"ballast_hydrate()\": %.1f}\n", first);
        return 0;
    }
    printf("{\"ballast_package_open()\": %.1f, \"first ballast_hydrate()\": %.1f, ", opened, first);
    printf("\"ballast_hydrate(), mean of 10,000\": %.2f, ", timed(hydrate, 10000));
    printf("\"first ballast_path()\": %.1f, ", timed(path, 1));
    printf("\"ballast_path(), mean of 10,000\": %.2f}\n", timed(path, 10000));
    ballast_package_close(package);
    return 0;
}
