/*
 * Times system calls that have nothing to do with a trap. Each line on standard input, a number of
 * rounds, is answered with one line of JSON: ns a call of each batch, one batch a round.
 * Usage: unrelated-calls FILE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *path;
static int descriptor;

static void open_and_close(void) {
  int opened = open(path, O_RDONLY);
  if (opened < 0 || close(opened) != 0) exit(1);
}

static void pread_one_byte(void) {
  char byte;
  if (pread(descriptor, &byte, 1, 0) != 1) exit(1);
}

static void getppid_only(void) { syscall(SYS_getppid); }

static const struct {
  const char *name;
  void (*call)(void);
  int batch;
} calls[] = {
    {"open+close", open_and_close, 500},
    {"pread of 1 byte", pread_one_byte, 2000},
    {"getppid", getppid_only, 5000},
};
enum { call_count = sizeof calls / sizeof calls[0] };

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static double time_batch(int index) {
  double started = now_ns();
  for (int done = 0; done < calls[index].batch; done++) calls[index].call();
  return (now_ns() - started) / calls[index].batch;
}

int main(int count, char **arguments) {
  int rounds;
  if (count != 2) return 2;
  path = arguments[1];
  descriptor = open(path, O_RDONLY);
  if (descriptor < 0) return 1;
  while (scanf("%d", &rounds) == 1 && rounds > 0) {
    double *times = calloc((size_t)rounds * call_count, sizeof *times);
    if (times == NULL) return 1;
    /* The calls take turns, so that a busy moment of the machine meets all of them. */
    for (int round = 0; round < rounds; round++)
      for (int index = 0; index < call_count; index++) times[index * rounds + round] = time_batch(index);
    for (int index = 0; index < call_count; index++) {
      printf("%s\"%s\":[", index == 0 ? "{" : ",", calls[index].name);
      for (int round = 0; round < rounds; round++)
        printf("%s%.1f", round == 0 ? "" : ",", times[index * rounds + round]);
      printf("]");
    }
    printf("}\n");
    fflush(stdout);
    free(times);
  }
  return 0;
}
