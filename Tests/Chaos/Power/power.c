// Notes every change of the files below POWER_ROOT, so that what a power cut would leave of them can be made again.
// clang -O2 -shared -fPIC -o power.so power.c ; POWER_ROOT=DIR POWER_LOG=FILE LD_PRELOAD=./power.so PROGRAM
//
// The log is a sequence of records, little endian: u8 kind, u32 length of the path, u64 offset, u32 length of the data,
// then both. w: data written at the offset. t: cut to the offset. r: the path was renamed to what the data says. u: the
// path was removed. b: a sync of the path begins; the data is a number of its own. e: it ended, with that number.
// A record is written in one piece, before the change for a sync's begin, after it for all others; the order of records is
// that of the calls' ends, since each holds the lock from its call to its record.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int logged = -1;
static char root[PATH_MAX];
static size_t root_length;
static unsigned long syncs;

__attribute__((constructor)) static void init(void) {
    const char *folder = getenv("POWER_ROOT"), *file = getenv("POWER_LOG");
    if (!folder || !file || !realpath(folder, root)) return;
    root_length = strlen(root);
    logged = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static const char *below(const char *path) {
    if (strncmp(path, root, root_length) || path[root_length] != '/') return NULL;
    return path + root_length + 1;
}

// The path of a regular file below the root; NULL for everything else.
static const char *named(int fd, char *buffer) {
    char link[64];
    struct stat info;
    int saved = errno;
    if (logged < 0 || fd == logged || syscall(SYS_fstat, fd, &info) || !S_ISREG(info.st_mode)) {
        errno = saved;
        return NULL;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, PATH_MAX - 1);
    errno = saved;
    if (length <= 0) return NULL;
    buffer[length] = 0;
    return below(buffer);
}

static void note(char kind, const char *path, unsigned long offset, const void *data, unsigned size) {
    int saved = errno;
    unsigned char head[17];
    unsigned length = strlen(path);
    unsigned long wide = offset;
    head[0] = kind;
    memcpy(head + 1, &length, 4);
    memcpy(head + 5, &wide, 8);
    memcpy(head + 13, &size, 4);
    struct iovec parts[3] = {{head, 17}, {(void *)path, length}, {(void *)data, size}};
    if (syscall(SYS_writev, logged, parts, 3) < 0) _exit(97);
    errno = saved;
}

static ssize_t noted(int fd, const void *data, size_t size, off_t at, int positioned) {
    char buffer[PATH_MAX];
    const char *path = named(fd, buffer);
    if (!path) return positioned ? syscall(SYS_pwrite64, fd, data, size, at) : syscall(SYS_write, fd, data, size);
    pthread_mutex_lock(&lock);
    struct stat info;
    if (!positioned) {
        int is_appended = fcntl(fd, F_GETFL) & O_APPEND;
        at = is_appended ? (syscall(SYS_fstat, fd, &info), info.st_size) : syscall(SYS_lseek, fd, 0, SEEK_CUR);
    }
    ssize_t count = positioned ? syscall(SYS_pwrite64, fd, data, size, at) : syscall(SYS_write, fd, data, size);
    if (count > 0) note('w', path, at, data, count);
    pthread_mutex_unlock(&lock);
    return count;
}

ssize_t write(int fd, const void *data, size_t size) { return noted(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return noted(fd, data, size, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return noted(fd, data, size, at, 1); }

static int synced(int fd, long call) {
    char buffer[PATH_MAX];
    const char *path = named(fd, buffer);
    if (!path) return syscall(call, fd);
    unsigned long number;
    pthread_mutex_lock(&lock);
    number = ++syncs;
    note('b', path, 0, &number, sizeof number);
    pthread_mutex_unlock(&lock);
    int result = syscall(call, fd);
    if (!result) {
        pthread_mutex_lock(&lock);
        note('e', path, 0, &number, sizeof number);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int cut(int fd, off_t size) {
    char buffer[PATH_MAX];
    const char *path = named(fd, buffer);
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_ftruncate, fd, size);
    if (path && !result) note('t', path, size, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static const char *whole(const char *path, char *buffer) {
    char folder[PATH_MAX], real[PATH_MAX];
    if (logged < 0 || strlen(path) >= PATH_MAX) return NULL;
    strcpy(folder, path);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    if (!realpath(slash ? (slash == folder ? "/" : folder) : ".", real)) return NULL;
    if (snprintf(buffer, PATH_MAX, "%s/%s", real, slash ? slash + 1 : path) >= PATH_MAX) return NULL;
    return below(buffer);
}

int rename(const char *from, const char *to) {
    char first[PATH_MAX], second[PATH_MAX];
    const char *old = whole(from, first), *new = whole(to, second);
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (!result && old && new) note('r', old, 0, new, strlen(new));
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    char buffer[PATH_MAX];
    const char *old = whole(path, buffer);
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!result && old) note('u', old, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}
