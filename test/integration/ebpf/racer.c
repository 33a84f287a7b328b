/* Opens a trap while a second thread reads the number that the descriptor will have; whichever thread has
   a byte appends a line to a file that is open already. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static int next, report;

static void *spin(void *unused) {
  char bytes[8];
  for (;;) {
    if (pread(next, bytes, 7, 0) > 0) {
      if (write(report, "second thread has a byte\n", 25) < 0) return unused;
      return unused;
    }
  }
}

int main(int count, char **words) {
  pthread_t thread;
  if (count < 3) return 2;
  report = open(words[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
  next = dup(report);
  close(next);
  pthread_create(&thread, 0, spin, 0);
  usleep(2000);
  int file = open(words[1], O_RDONLY);
  char bytes[8];
  if (file >= 0 && read(file, bytes, 7) > 0 && write(report, "first thread has a byte\n", 24) < 0) return 1;
  pthread_join(thread, 0);
  return 0;
}
