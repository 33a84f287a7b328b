/* Waits for its vfork(2) child, which waits for a byte: until then no signal stops it. */
#include <unistd.h>

int main(void) {
  char byte;
  if (vfork() == 0) {
    read(0, &byte, 1);
    _exit(0);
  }
  for (;;) pause();
}
