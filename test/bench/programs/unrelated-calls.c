/*
 * Times system calls that have nothing to do with a trap. Each line on standard input, a number of
 * rounds, is answered with one line of JSON: ns a call of each batch, one batch a round.
 *
 * Every line is worked off by a fork of its own: the kernel decides at fork whether a process is
 * audited (audit_alloc() in kernel/auditsc.c), and all forks have the same memory layout.
 * Usage: unrelated-calls FILE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char *path;
static int descriptor;

/* No system call at all: what differs here is the machine, not a watcher. */
static void user_space_only(void) {
  unsigned long value = 1;
  for (int step = 0; step < 100; step++) {
    value = value * 6364136223846793005ul + 1442695040888963407ul;
    __asm__ volatile("" : "+r"(value));
  }
}

static void getppid_only(void) { syscall(SYS_getppid); }

static void open_and_close(void) {
  int opened = open(path, O_RDONLY);
  if (opened < 0 || close(opened) != 0) exit(1);
}

static void pread_one_byte(void) {
  char byte;
  if (pread(descriptor, &byte, 1, 0) != 1) exit(1);
}

static void mmap_and_fault(void) {
  volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
  if (page == MAP_FAILED) exit(1);
  (void)page[0];
  if (munmap((void *)page, 4096) != 0) exit(1);
}

static void fork_and_exec(void) {
  char *arguments[] = {"/bin/true", NULL};
  pid_t child;
  int status;
  if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ) != 0) exit(1);
  if (waitpid(child, &status, 0) != child || status != 0) exit(1);
}

static const struct {
  const char *name;
  void (*call)(void);
  int batch;
} calls[] = {
    {"none: user space only", user_space_only, 2000},
    {"getppid", getppid_only, 2000},
    {"open+close", open_and_close, 200},
    {"pread of 1 byte", pread_one_byte, 1000},
    {"mmap+fault of 1 page", mmap_and_fault, 60},
    {"fork+exec", fork_and_exec, 1},
};
enum { call_count = sizeof calls / sizeof calls[0], warm_up = 10 };

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

static void measure(int rounds) {
  double *times = calloc((size_t)rounds * call_count, sizeof *times);
  if (times == NULL) exit(1);
  for (int round = 0; round < warm_up; round++)
    for (int index = 0; index < call_count; index++) time_batch(index);
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
}

int main(int count, char **arguments) {
  int rounds, status;
  char line[32];
  if (count != 2) return 2;
  path = arguments[1];
  descriptor = open(path, O_RDONLY);
  if (descriptor < 0) return 1;
  while (fgets(line, sizeof line, stdin) != NULL && (rounds = atoi(line)) > 0) {
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      measure(rounds);
      _exit(0);
    }
    if (waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}
