/* A library to preload: writes and syncs of files whose path contains `rooms.db` fail while the file named by
 * DISK_FAULT says so: with the error number in it, or by waiting as long as it says `hang`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int read_fault(char *text, int size) {
  const char *path = getenv("DISK_FAULT");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  int length = file < 0 ? 0 : (int)read(file, text, size - 1);
  if (file >= 0) close(file);
  text[length < 0 ? 0 : length] = 0;
  return length > 0;
}

/* Returns the error number that a call on this file must fail with, or 0. */
static int fault_of(int fd) {
  char link[64], path[4096], text[32];
  if (!read_fault(text, sizeof text)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (!strstr(path, "rooms.db")) return 0;
  while (!strcmp(text, "hang")) {
    usleep(20000);
    if (!read_fault(text, sizeof text)) return 0;
  }
  return atoi(text);
}

#define FAIL_OR(fd) int fault = fault_of(fd); if (fault) { errno = fault; return -1; }
#define REAL(type, name) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
typedef int (*sync_type)(int);
typedef int (*truncate_type)(int, off_t);

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  REAL(pwrite_type, "pwrite"); FAIL_OR(fd) return real(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
  REAL(pwrite_type, "pwrite64"); FAIL_OR(fd) return real(fd, data, size, at);
}
int fsync(int fd) { REAL(sync_type, "fsync"); FAIL_OR(fd) return real(fd); }
int fdatasync(int fd) { REAL(sync_type, "fdatasync"); FAIL_OR(fd) return real(fd); }
int ftruncate(int fd, off_t size) { REAL(truncate_type, "ftruncate"); FAIL_OR(fd) return real(fd, size); }
int ftruncate64(int fd, off_t size) { REAL(truncate_type, "ftruncate64"); FAIL_OR(fd) return real(fd, size); }
