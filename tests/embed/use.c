/* A user's C program: each function of ballast.h as a command, so that tests see what a caller would.

     use hydrate [GROUP...]        how it started and where the tree is, then the report
     use path ENTRY                the same, where the entry is
     use spawn ENTRY [ARG...]      runs a program of the tree in its environment; its status
     use exec ENTRY [ARG...]       becomes it
     use environment NAME [BASE...]  the variable as a program would see it, from BASE or this process's own
     use hold                      hydrates, says so, holds the tree until a line comes, and ends with its
   input use threads N                 N threads hydrate at once, from one package use options SIZE BYTE
   hydrates with options of that size, filled behind what is known with BYTE use lifetimes handles given back
   in another order than they came use version

   The package is USE_PACKAGE, else the default; the root USE_ROOT, the store USE_STORE, the deadline
   USE_DEADLINE_MS. A failure is printed as "CODE|OBJECT|MESSAGE|HINT", then as its text; the exit status is
   the code. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ballast/ballast.h"

#define MOST 64

extern char** environ;

static ballast_options options_of_environment(void) {
    ballast_options options = BALLAST_OPTIONS_INIT;
    const char* deadline = getenv("USE_DEADLINE_MS");
    options.root = getenv("USE_ROOT");
    options.store = getenv("USE_STORE");
    if (deadline != NULL) options.deadline_ms = strtoll(deadline, NULL, 10);
    return options;
}

static int say_failure(int code, ballast_error* error) {
    printf("%d|%s|%s|%s\n%s\n", ballast_error_code(error), ballast_error_object(error),
           ballast_error_message(error), ballast_error_hint(error), ballast_error_text(error));
    if (code != ballast_error_code(error)) abort();
    ballast_error_free(error);
    return code;
}

static int say_tree(ballast_tree* tree, const char* path) {
    printf("%s %s\n%s\n", ballast_tree_was_cold(tree) ? "cold" : "warm", path, ballast_tree_report(tree));
    ballast_tree_close(tree);
    return 0;
}

static int hydrate(ballast_package* package, char** groups) {
    ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    int code = 0;
    if (groups[0] != NULL) options.groups = (const char* const*)groups;
    code = ballast_hydrate(package, &options, &tree, &error);
    return code != BALLAST_OK ? say_failure(code, error) : say_tree(tree, ballast_tree_path(tree));
}

static int path(ballast_package* package, const char* entry) {
    const ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    const char* where = NULL;
    const int code = ballast_path(package, entry, &options, &tree, &where, &error);
    return code != BALLAST_OK ? say_failure(code, error) : say_tree(tree, where);
}

static int run(ballast_package* package, char** argv, int in_place) {
    const ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    const char* program = NULL;
    char** variables = NULL;
    pid_t child = 0;
    int status = 0;
    int code = ballast_path(package, argv[0], &options, &tree, &program, &error);
    if (code == BALLAST_OK) code = ballast_tree_environment(tree, NULL, &variables, &error);
    if (code == BALLAST_OK && in_place) code = ballast_tree_keep_across_exec(tree, &error);
    if (code != BALLAST_OK) return say_failure(code, error);
    if (in_place) {
        execve(program, argv, variables);
        perror(program);
        return 1;
    }
    if (posix_spawn(&child, program, NULL, NULL, argv, variables) != 0) abort();
    if (waitpid(child, &status, 0) != child) abort();
    ballast_environment_free(variables);
    ballast_tree_close(tree);
    return WEXITSTATUS(status);
}

static int environment(ballast_package* package, const char* name, char** base) {
    const ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    char** variables = NULL;
    size_t i = 0;
    int code = ballast_hydrate(package, &options, &tree, &error);
    if (code != BALLAST_OK) return say_failure(code, error);
    code =
        ballast_tree_environment(tree, base[0] != NULL ? (const char* const*)base : NULL, &variables, &error);
    if (code != BALLAST_OK) return say_failure(code, error);
    ballast_tree_close(tree);
    for (i = 0; variables[i] != NULL; ++i) {
        if (strcmp(name, "*") == 0 ||
            (strncmp(variables[i], name, strlen(name)) == 0 && variables[i][strlen(name)] == '='))
            puts(variables[i]);
    }
    ballast_environment_free(variables);
    return 0;
}

static int hold(ballast_package* package) {
    const ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    const int code = ballast_hydrate(package, &options, &tree, &error);
    if (code != BALLAST_OK) return say_failure(code, error);
    puts(ballast_tree_path(tree));
    fflush(stdout);
    for (int c = getchar(); c != '\n' && c != EOF;) c = getchar();
    ballast_tree_close(tree);
    puts("let go");
    fflush(stdout);
    while (getchar() != EOF) continue;
    return 0;
}

struct job {
    ballast_package* package;
    ballast_tree* tree;
    ballast_error* error;
    int code;
};

static void* hydrate_in_thread(void* argument) {
    struct job* job = argument;
    const ballast_options options = options_of_environment();
    job->code = ballast_hydrate(job->package, &options, &job->tree, &job->error);
    return NULL;
}

static int threads(ballast_package* package, int count) {
    struct job jobs[MOST];
    pthread_t running[MOST];
    int i = 0;
    int cold = 0;
    if (count > MOST) abort();
    memset(jobs, 0, sizeof jobs);
    for (i = 0; i < count; ++i) {
        jobs[i].package = package;
        if (pthread_create(&running[i], NULL, hydrate_in_thread, &jobs[i]) != 0) abort();
    }
    for (i = 0; i < count; ++i) pthread_join(running[i], NULL);
    for (i = 0; i < count; ++i) {
        if (jobs[i].code != BALLAST_OK) return say_failure(jobs[i].code, jobs[i].error);
        cold += ballast_tree_was_cold(jobs[i].tree);
        ballast_tree_close(jobs[i].tree);
    }
    printf("%d cold of %d\n", cold, count);
    return 0;
}

static int sized_options(ballast_package* package, size_t size, int byte) {
    unsigned char bytes[1024];
    ballast_options options = options_of_environment();
    ballast_error* error = NULL;
    ballast_tree* tree = NULL;
    int code = 0;
    if (size > sizeof bytes) abort();
    options.size = size;
    memset(bytes, byte, sizeof bytes);
    memcpy(bytes, &options, sizeof options);
    code = ballast_hydrate(package, (const ballast_options*)(const void*)bytes, &tree, &error);
    return code != BALLAST_OK ? say_failure(code, error) : say_tree(tree, ballast_tree_path(tree));
}

/* Trees outlive their package; an error is not asked for; NULL may be given back. */
static int lifetimes(void) {
    const ballast_options options = options_of_environment();
    ballast_package* package = NULL;
    ballast_tree* first = NULL;
    ballast_tree* second = NULL;
    const char* where = NULL;
    int code = ballast_package_open("/nowhere", &package, NULL);
    if (code != BALLAST_NOT_FOUND || package != NULL) return 100;
    if (ballast_package_open(getenv("USE_PACKAGE"), &package, NULL) != BALLAST_OK) return 101;
    if (ballast_hydrate(package, &options, &first, NULL) != BALLAST_OK) return 102;
    if (ballast_path(package, "usr/bin/sed", &options, &second, &where, NULL) != BALLAST_OK) return 103;
    ballast_tree_close(second);
    if (ballast_path(package, "usr/bin/none", &options, &second, &where, NULL) != BALLAST_NOT_FOUND ||
        second != NULL || where != NULL)
        return 104;
    if (ballast_path(package, "usr/bin/sed", &options, &second, &where, NULL) != BALLAST_OK) return 105;
    ballast_package_close(package);
    ballast_tree_close(first);
    if (access(where, X_OK) != 0 || strstr(ballast_tree_report(second), "\"warm\"") == NULL) return 106;
    ballast_tree_close(second);
    ballast_tree_close(NULL);
    ballast_package_close(NULL);
    ballast_environment_free(NULL);
    ballast_error_free(NULL);
    return ballast_error_code(NULL) == BALLAST_UNAVAILABLE && strlen(ballast_error_text(NULL)) > 0 ? 0 : 107;
}

int main(int argc, char** argv) {
    ballast_error* error = NULL;
    ballast_package* package = NULL;
    int code = 0;
    int status = 99;
    if (argc < 2) return 99;
    if (strcmp(argv[1], "version") == 0) return printf("%s %s\n", ballast_version(), BALLAST_VERSION) < 0;
    if (strcmp(argv[1], "lifetimes") == 0) return lifetimes();
    code = ballast_package_open(getenv("USE_PACKAGE"), &package, &error);
    if (code != BALLAST_OK) return say_failure(code, error);
    if (strcmp(argv[1], "hydrate") == 0) status = hydrate(package, argv + 2);
    if (strcmp(argv[1], "path") == 0) status = path(package, argv[2]);
    if (strcmp(argv[1], "spawn") == 0) status = run(package, argv + 2, 0);
    if (strcmp(argv[1], "exec") == 0) status = run(package, argv + 2, 1);
    if (strcmp(argv[1], "environment") == 0) status = environment(package, argv[2], argv + 3);
    if (strcmp(argv[1], "hold") == 0) status = hold(package);
    if (strcmp(argv[1], "threads") == 0) status = threads(package, atoi(argv[2]));
    if (strcmp(argv[1], "options") == 0)
        status = sized_options(package, strtoul(argv[2], NULL, 10), atoi(argv[3]));
    ballast_package_close(package);
    return status;
}
