/*
 * The one who touches. Each line on standard input, "MODE PAUSE_US PATH", is one file to open and
 * read once: MODE s by this process itself, f by a child that is gone right after. Answered with
 * "BEFORE_OPEN BEFORE_READ PATH": CLOCK_MONOTONIC in ns, taken in user space just before each call.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Shared with the child that touches. */
static volatile long long *stamps;

static void touch(const char *path) {
  char buffer[4096];
  stamps[0] = now_ns();
  int opened = open(path, O_RDONLY);
  stamps[1] = now_ns();
  if (opened < 0 || read(opened, buffer, sizeof buffer) < 0) _exit(1);
  close(opened);
}

static void touch_in_a_child(const char *path) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    touch(path);
    _exit(0);
  }
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) _exit(1);
}

int main(void) {
  static char line[8192];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  stamps = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (stamps == MAP_FAILED) return 1;
  while (fgets(line, sizeof line, stdin) != NULL) {
    char mode;
    long pause_us;
    int path_at = 0;
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%c %ld %n", &mode, &pause_us, &path_at) != 2 || path_at == 0) return 2;
    if (mode == 'f') touch_in_a_child(line + path_at);
    else touch(line + path_at);
    printf("%lld %lld %s\n", stamps[0], stamps[1], line + path_at);
    fflush(stdout);
    struct timespec pause = {pause_us / 1000000, pause_us % 1000000 * 1000};
    nanosleep(&pause, NULL);
  }
  return 0;
}
