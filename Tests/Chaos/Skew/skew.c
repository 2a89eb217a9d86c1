// Shifts the wall clock of one process, and no other clock: LD_PRELOAD=skew.so SKEW_FILE=file program …
// The file holds one little-endian 64-bit number: milliseconds to add to CLOCK_REALTIME; it may change at any time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long *offset;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SKEW_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
  if (map != MAP_FAILED) offset = map;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = syscall(SYS_clock_gettime, clock, time);
  if (result || !offset || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  long long nanoseconds = time->tv_nsec + (*offset % 1000) * 1000000LL;
  time->tv_sec += *offset / 1000;
  for (; nanoseconds >= 1000000000; nanoseconds -= 1000000000) time->tv_sec++;
  for (; nanoseconds < 0; nanoseconds += 1000000000) time->tv_sec--;
  time->tv_nsec = nanoseconds;
  return result;
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
  struct timespec time;
  int result = clock_gettime(CLOCK_REALTIME, &time);
  if (!result && value) {
    value->tv_sec = time.tv_sec;
    value->tv_usec = time.tv_nsec / 1000;
  }
  return result;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
