/* Ends its first thread and lives on in a second one, which has the file open, or mapped and not open. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int file;
static int maps;

static void *live(void *unused) {
  if (maps) {
    mmap(0, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
  }
  for (;;) pause();
  return unused;
}

int main(int count, char **words) {
  pthread_t thread;
  if (count < 3) return 2;
  file = open(words[1], O_RDONLY);
  maps = strcmp(words[2], "map") == 0;
  pthread_create(&thread, 0, live, 0);
  pthread_exit(0);
}
