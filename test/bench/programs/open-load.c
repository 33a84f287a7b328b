/*
 * Opens and closes one file RATE times a second, in one small batch a millisecond, until standard
 * input ends. Each line there is answered with "OPENS NS": all opens so far, and CLOCK_MONOTONIC.
 * What it missed is made up for, but for a pause of more than 0.2 s. Usage: open-load FILE RATE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { tick_ns = 1000000 };

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Whether to go on. */
static int answer(long long opens) {
  char line[16];
  struct pollfd input = {.fd = 0, .events = POLLIN};
  if (poll(&input, 1, 0) <= 0) return 1;
  if (read(0, line, sizeof line) <= 0) return 0;
  printf("%lld %lld\n", opens, now_ns());
  fflush(stdout);
  return 1;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  double batch = atof(arguments[2]) * tick_ns / 1e9, owed = 0;
  long long opens = 0, next = now_ns();
  while (answer(opens)) {
    for (owed += batch; owed >= 1; owed--, opens++) {
      int opened = open(arguments[1], O_RDONLY);
      if (opened < 0 || close(opened) != 0) return 1;
    }
    next += tick_ns;
    long long now = now_ns();
    if (now - next > 200ll * tick_ns) next = now;
    struct timespec until = {next / 1000000000, next % 1000000000};
    if (next > now) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  }
  return 0;
}
