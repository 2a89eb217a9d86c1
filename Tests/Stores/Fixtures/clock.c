// The wall clock of one process stands still at the moment that a file says, and no other clock does:
// LD_PRELOAD=clock.so CLOCK_FILE=file program …
// The file holds one little-endian 64-bit number: microseconds since 1970; it may change at any time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long *moment;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CLOCK_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *map = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
  if (map != MAP_FAILED) moment = map;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (!moment || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) {
    return syscall(SYS_clock_gettime, clock, time);
  }
  long long now = *moment;
  time->tv_sec = now / 1000000;
  time->tv_nsec = now % 1000000 * 1000;
  return 0;
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
