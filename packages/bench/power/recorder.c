/*
 * Records what a process writes to the files of one folder, and what it syncs, for the replay of power failures.
 *
 * LD_PRELOAD this library with POWER_FOLDER (the folder) and POWER_TRACE (the trace, outside of the folder). Each record is a
 * line "<operation> <offset> <length> <name>\n", followed by the bytes of a write and a line feed. Writes to the file "marks"
 * are what the process says itself. A sync has a record at its begin and at its end, because another thread may write meanwhile. Files whose names end in "-shm" are ignored, because SQLite builds them again.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 4096
static char *names[FILES];
static int trace = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Returns the name of a file in the folder, "." for the folder itself, or NULL. */
static const char *inside(const char *path) {
  const char *folder = getenv("POWER_FOLDER");
  size_t length = folder == NULL ? 0 : strlen(folder);
  if (length == 0 || path == NULL || strncmp(path, folder, length) != 0) return NULL;
  if (path[length] == 0) return ".";
  if (path[length] != '/') return NULL;
  size_t end = strlen(path);
  if (end > 4 && strcmp(path + end - 4, "-shm") == 0) return NULL;
  return path + length + 1;
}

static void record(const char *operation, long long offset, long long length, const char *name, const void *bytes) {
  char head[4400];
  int n = snprintf(head, sizeof head, "%s %lld %lld %s\n", operation, offset, length, name);
  pthread_mutex_lock(&lock);
  if (trace < 0) {
    const char *path = getenv("POWER_TRACE");
    if (path != NULL) trace = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  if (trace >= 0) {
    char *whole = malloc(n + (bytes == NULL ? 0 : length + 1));
    memcpy(whole, head, n);
    size_t total = n;
    if (bytes != NULL) {
      memcpy(whole + n, bytes, length);
      whole[n + length] = '\n';
      total += length + 1;
    }
    if (syscall(SYS_write, trace, whole, total) != (long)total) abort();
    free(whole);
  }
  pthread_mutex_unlock(&lock);
}

static int opened(int file, const char *path, int flags, int existed) {
  const char *name = file < 0 || file >= FILES ? NULL : inside(path);
  if (name == NULL) return file;
  names[file] = strdup(name);
  if (!existed && (flags & O_CREAT)) record("create", 0, 0, name, NULL);
  else if (flags & O_TRUNC) record("truncate", 0, 0, name, NULL);
  return file;
}

static int exists(const char *path) { return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0; }

#define MODE(flags, last) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { va_list rest; va_start(rest, last); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
  MODE(flags, flags)
  int existed = exists(path);
  return opened(REAL(open)(path, flags, mode), path, flags, existed);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, flags)
  int existed = exists(path);
  return opened(REAL(open64)(path, flags, mode), path, flags, existed);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, flags)
  int existed = exists(path);
  return opened(REAL(openat)(folder, path, flags, mode), path, flags, existed);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, flags)
  int existed = exists(path);
  return opened(REAL(openat64)(folder, path, flags, mode), path, flags, existed);
}

static const char *nameOf(int file) { return file >= 0 && file < FILES ? names[file] : NULL; }

int close(int file) {
  if (nameOf(file) != NULL) {
    free(names[file]);
    names[file] = NULL;
  }
  return REAL(close)(file);
}

ssize_t write(int file, const void *bytes, size_t length) {
  off_t at = nameOf(file) == NULL ? 0 : lseek(file, 0, SEEK_CUR);
  ssize_t done = REAL(write)(file, bytes, length);
  if (nameOf(file) != NULL && done > 0) record("write", at, done, nameOf(file), bytes);
  return done;
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
  ssize_t done = REAL(pwrite)(file, bytes, length, at);
  if (nameOf(file) != NULL && done > 0) record("write", at, done, nameOf(file), bytes);
  return done;
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  ssize_t done = REAL(pwrite64)(file, bytes, length, at);
  if (nameOf(file) != NULL && done > 0) record("write", at, done, nameOf(file), bytes);
  return done;
}
int ftruncate(int file, off_t length) {
  int done = REAL(ftruncate)(file, length);
  if (nameOf(file) != NULL && done == 0) record("truncate", length, 0, nameOf(file), NULL);
  return done;
}
int ftruncate64(int file, off64_t length) {
  int done = REAL(ftruncate64)(file, length);
  if (nameOf(file) != NULL && done == 0) record("truncate", length, 0, nameOf(file), NULL);
  return done;
}
int fsync(int file) {
  if (nameOf(file) != NULL) record("syncing", 0, 0, nameOf(file), NULL);
  int done = REAL(fsync)(file);
  if (nameOf(file) != NULL && done == 0) record("sync", 0, 0, nameOf(file), NULL);
  return done;
}
int fdatasync(int file) {
  if (nameOf(file) != NULL) record("syncing", 0, 0, nameOf(file), NULL);
  int done = REAL(fdatasync)(file);
  if (nameOf(file) != NULL && done == 0) record("sync", 0, 0, nameOf(file), NULL);
  return done;
}
int unlink(const char *path) {
  int done = REAL(unlink)(path);
  if (done == 0 && inside(path) != NULL) record("unlink", 0, 0, inside(path), NULL);
  return done;
}
int rename(const char *from, const char *to) {
  int done = REAL(rename)(from, to);
  if (done == 0 && inside(from) != NULL && inside(to) != NULL) {
    record("rename", 0, strlen(inside(from)), inside(to), inside(from));
  }
  return done;
}
