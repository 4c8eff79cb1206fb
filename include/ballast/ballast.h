/*
 * Ballast for embedding: brings a slim package's tree into this context from inside a program.
 *
 *     ballast_package *package = NULL;
 *     ballast_tree *tree = NULL;
 *     ballast_error *error = NULL;
 *     if (ballast_package_open(NULL, &package, &error) != BALLAST_OK ||
 *         ballast_hydrate(package, NULL, &tree, &error) != BALLAST_OK) {
 *         fprintf(stderr, "%s\n", ballast_error_text(error));
 *         return ballast_error_code(error);
 *     }
 *
 * The contract:
 *
 *   Ownership  What a call gives through a pointer belongs to the caller, who gives it back with the function
 *              that its type names. Texts belong to the handle that they were asked of, and live as long.
 *              All pointers that go in are only read during the call. Giving back NULL does nothing.
 *   Threads    Every function may be called from any thread at any time, also with the same package or tree,
 *              except that nobody may use a handle any more that is being given back. There is no state
 *              outside the handles. Several threads, or processes, that hydrate the same at once make one
 *              hydration. Environment variables are read with getenv: nobody may change them meanwhile.
 *   Errors     Functions that can fail return a ballast_code. Unless it is BALLAST_OK, what they should give
 *              is NULL, and *error, where `error` is not NULL, is an error of the caller's. It is NULL where
 *              there was no memory for it, which every ballast_error_* function takes. *error is only
 *              written when something failed.
 *   Signals    No handler is installed, no signal is raised. A call that blocks can be bounded by a deadline.
 *   Processes  All descriptors are close-on-exec. In a child of fork() only call what you may call anyway
 *              there, and not Ballast.
 *   Stability  A program runs with every libballast.so.0 that is not older than the header it was made with:
 *              functions are only added, structures only grow at their end, numbers keep their meaning.
 *              What breaks that gets another soname.
 */
#ifndef BALLAST_BALLAST_H
#define BALLAST_BALLAST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BALLAST_API __attribute__((visibility("default")))
#else
#define BALLAST_API
#endif

#define BALLAST_VERSION "0.1.0"

/* The version of the library that is linked, like BALLAST_VERSION of the header that was compiled. */
BALLAST_API const char* ballast_version(void);

/* Why something did not work. The numbers are the exit statuses of ballast and ballast-run, and never change;
   a later version may add some. */
typedef enum ballast_code {
    BALLAST_OK = 0,
    BALLAST_USAGE = 2,       /* wrong arguments, settings or variables */
    BALLAST_NOT_FOUND = 3,   /* a package, object, entry or group is absent */
    BALLAST_CORRUPT = 4,     /* bytes that are not what they should be, or must not be trusted */
    BALLAST_PERMISSION = 5,  /* not allowed */
    BALLAST_UNAVAILABLE = 6, /* the store or the system cannot serve now; worth a retry */
    BALLAST_NO_SPACE = 7,    /* the disk or quota is full */
    BALLAST_INTERRUPTED = 130
} ballast_code;

/* ---- errors ---- */

typedef struct ballast_error ballast_error;

/* The ballast_code that the failed function returned. */
BALLAST_API int ballast_error_code(const ballast_error* error);

/* What it is about: a file, key, entry, variable. */
BALLAST_API const char* ballast_error_object(const ballast_error* error);

/* What went wrong with it, in lower case, its cause last. */
BALLAST_API const char* ballast_error_message(const ballast_error* error);

/* What to do about it; "" where nothing is known. */
BALLAST_API const char* ballast_error_hint(const ballast_error* error);

/* All of it for a log or terminal, without a newline at the end: "<object>: <message>", and in a second line
   "hint: <hint>" where there is one. Bytes that are not printable text are escaped; never holds a secret. */
BALLAST_API const char* ballast_error_text(const ballast_error* error);

BALLAST_API void ballast_error_free(ballast_error* error);

/* ---- slim packages ---- */

typedef struct ballast_package ballast_package;

/* Reads ballast.lock of the slim package in `directory`. NULL: the directory of the running program when it
   has one, else LAMBDA_TASK_ROOT, else /var/task. The directory must stay as it is while the package is open.
   Errors: not_found, corrupt, permission. */
BALLAST_API int ballast_package_open(const char* directory, ballast_package** package, ballast_error** error);

/* Trees of it stay as they are. */
BALLAST_API void ballast_package_close(ballast_package* package);

/* ---- hydration ---- */

/* Settings of one hydration. Begin with BALLAST_OPTIONS_INIT; what is left NULL or 0 has its default. */
typedef struct ballast_options {
    /* sizeof(ballast_options) */
    size_t size;
    /* Where the packs are. Default: BALLAST_STORE, else ballast.lock. */
    const char* store;
    /* Where to hydrate, absolute. Default: BALLAST_ROOT, else ballast.lock. */
    const char* root;
    /* Names, then NULL: these groups only; "*" alone: the whole tree. Default: BALLAST_GROUPS, else what
       ballast.lock says: the whole tree, unless the package names groups to start with. */
    const char* const* groups;
    /* Give up then, in milliseconds since 1970, as Lambda-Runtime-Deadline-Ms says. Default: BALLAST_TIMEOUT
       from now, else never. BALLAST_DEADLINE_MS holds besides when it is earlier. */
    int64_t deadline_ms;
} ballast_options;

#define BALLAST_OPTIONS_INIT \
    { sizeof(ballast_options), NULL, NULL, NULL, 0 }

/* A tree that is there, and held: until it is closed, no process evicts it to make room for another. */
typedef struct ballast_tree ballast_tree;

/* Brings the tree, or groups of it, into the root, once; when it is there, that is all (some microseconds, no
   request). Blocks. May be repeated: what a failed or killed call has written is taken up by the next.
   `options` may be NULL. Errors: all. */
BALLAST_API int ballast_hydrate(ballast_package* package, const ballast_options* options, ballast_tree** tree,
                                ballast_error** error);

/* Brings what `entry` needs: the group that holds it; the whole tree when the package has no groups. Entries
   are named as in the package, like "usr/bin/gs". *path is where it is, and lives as long as *tree.
   The groups of `options` are not looked at. The first call reads the manifest. Errors: all. */
BALLAST_API int ballast_path(ballast_package* package, const char* entry, const ballast_options* options,
                             ballast_tree** tree, const char** path, ballast_error** error);

/* The directory with the tree's entries. */
BALLAST_API const char* ballast_tree_path(const ballast_tree* tree);

/* 1 when that call brought something, 0 when all was there. */
BALLAST_API int ballast_tree_was_cold(const ballast_tree* tree);

/* What the call did, as one line of JSON for the log, the same that `ballast-run hydrate --json` prints:
   version, files, bytes, requests, retries, milliseconds. The library itself logs nothing.
   "" where there was no memory for it. */
BALLAST_API const char* ballast_tree_report(const ballast_tree* tree);

/* Variables for programs out of the tree, as "NAME=VALUE" texts with a NULL behind them, for execve and
   posix_spawn: `base` with the tree's directories put before its PATH and LD_LIBRARY_PATH, the package's own
   variables, and BALLAST_TREE. `base` NULL: this process's own. Errors: only a lack of memory. */
BALLAST_API int ballast_tree_environment(const ballast_tree* tree, const char* const* base,
                                         char*** environment, ballast_error** error);
BALLAST_API void ballast_environment_free(char** environment);

/* For a program that is going to execve another one in its place: the tree stays held until that one, and
   every child that either starts from now on, has ended. Errors: unavailable. */
BALLAST_API int ballast_tree_keep_across_exec(ballast_tree* tree, ballast_error** error);

/* Lets go of the tree. It stays where it is until a disk that is too full for another version evicts it. */
BALLAST_API void ballast_tree_close(ballast_tree* tree);

#ifdef __cplusplus
}
#endif

#endif
