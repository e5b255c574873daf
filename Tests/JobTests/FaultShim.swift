/// A library that is loaded before the C library and lets the n-th call of the system that touches a file fail, or ends
/// the process there.
enum FaultShim {
  /// `FAULT_AT` is n, `FAULT_KILLS` is set where the process is to end; the number of calls goes to the file
  /// `FAULT_COUNT`.
  static let source = """
    #define _GNU_SOURCE
    #include <dirent.h>
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <signal.h>
    #include <stdarg.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/file.h>
    #include <sys/mman.h>
    #include <sys/stat.h>
    #include <sys/types.h>
    #include <unistd.h>

    static int count;

    /* True when this call is to fail. */
    static int fails(void) {
      const char *at = getenv("FAULT_AT");
      int number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
      if (at == NULL || number != atoi(at)) return 0;
      if (getenv("FAULT_KILLS") != NULL) kill(getpid(), SIGKILL);
      return 1;
    }

    #define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
    #define FAIL_WITH(number, result) do { if (fails()) { errno = number; return result; } } while (0)
    #define FAIL(number) FAIL_WITH(number, -1)

    /* False for what the run-time libraries ask about the machine; a folder in memory holds files as any other, and
       so does an open file by its number. */
    static int is_own(const char *path) {
      if (strncmp(path, "/dev/shm/", 9) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0) return 1;
      return strncmp(path, "/proc", 5) != 0 && strncmp(path, "/sys", 4) != 0 && strncmp(path, "/dev", 4) != 0
        && strncmp(path, "/etc", 4) != 0 && strncmp(path, "/usr", 4) != 0;
    }

    /* True for files and folders that the program opened by itself; how often it asks how much memory it takes depends
       on time. */
    static int is_file(int number) {
      char link[32], path[4096];
      snprintf(link, sizeof link, "/proc/self/fd/%d", number);
      ssize_t size = number > 2 ? REAL(readlink)(link, path, sizeof path - 1) : -1;
      if (size < 0) return 0;
      path[size] = 0;
      return path[0] == '/' && is_own(path);
    }

    int open(const char *path, int flags, ...) {
      va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
      if (is_own(path)) FAIL(EIO);
      return REAL(open)(path, flags, mode);
    }
    FILE *fopen64(const char *path, const char *mode) {
      if (is_own(path)) FAIL_WITH(EIO, NULL);
      return REAL(fopen64)(path, mode);
    }
    FILE *fopen(const char *path, const char *mode) {
      if (is_own(path)) FAIL_WITH(EIO, NULL);
      return REAL(fopen)(path, mode);
    }
    FILE *fdopen(int file, const char *mode) { FAIL_WITH(ENOMEM, NULL); return REAL(fdopen)(file, mode); }
    /* From here on nothing can be written to the file any more, as when its disk has failed; what was written stays. */
    static void spoil(FILE *file) {
      char link[32];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fileno(file));
      int spoilt = REAL(open)(link, O_RDONLY);
      dup2(spoilt, fileno(file));
      REAL(close)(spoilt);
    }
    /* What is written waits in the file's buffer, so that the call itself succeeds. */
    size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
      if (is_file(fileno(file)) && fails()) spoil(file);
      return REAL(fwrite)(bytes, size, count, file);
    }
    size_t fread(void *bytes, size_t size, size_t count, FILE *file) {
      if (is_file(fileno(file))) FAIL_WITH(EIO, 0);
      return REAL(fread)(bytes, size, count, file);
    }
    int fseek(FILE *file, long at, int from) {
      if (is_file(fileno(file))) FAIL(EIO);
      return REAL(fseek)(file, at, from);
    }
    int fflush(FILE *file) {
      if (file != NULL && is_file(fileno(file)) && fails()) spoil(file);
      return REAL(fflush)(file);
    }
    int fclose(FILE *file) {
      if (is_file(fileno(file)) && fails()) spoil(file);
      return REAL(fclose)(file);
    }
    int close(int file) {
      int is_failing = is_file(file) && fails();
      int result = REAL(close)(file);
      if (is_failing) { errno = EIO; return -1; }
      return result;
    }
    int fcntl(int file, int command, ...) {
      va_list list; va_start(list, command); long value = va_arg(list, long); va_end(list);
      if (is_file(file)) FAIL(EIO);
      return REAL(fcntl)(file, command, value);
    }
    int flock(int file, int operation) { FAIL(EIO); return REAL(flock)(file, operation); }
    int access(const char *path, int mode) { if (is_own(path)) FAIL(EACCES); return REAL(access)(path, mode); }
    int stat(const char *path, struct stat *status) {
      if (is_own(path)) FAIL(EIO);
      return REAL(stat)(path, status);
    }
    int lstat(const char *path, struct stat *status) {
      if (is_own(path)) FAIL(EIO);
      return REAL(lstat)(path, status);
    }
    char *realpath(const char *path, char *resolved) {
      if (is_own(path)) FAIL_WITH(EIO, NULL);
      return REAL(realpath)(path, resolved);
    }
    ssize_t readlink(const char *path, char *target, size_t size) {
      if (is_own(path)) FAIL(EIO);
      return REAL(readlink)(path, target, size);
    }
    DIR *fdopendir(int file) { FAIL_WITH(ENOMEM, NULL); return REAL(fdopendir)(file); }
    struct dirent *readdir(DIR *folder) { FAIL_WITH(EIO, NULL); return REAL(readdir)(folder); }
    off_t lseek(int file, off_t at, int from) { if (is_file(file)) FAIL(EIO); return REAL(lseek)(file, at, from); }
    void *mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) {
      if (is_file(file)) FAIL_WITH(ENOMEM, MAP_FAILED);
      return REAL(mmap)(at, size, protection, flags, file, offset);
    }
    ssize_t read(int file, void *bytes, size_t size) {
      if (is_file(file)) FAIL(EIO);
      return REAL(read)(file, bytes, size);
    }
    int openat(int folder, const char *path, int flags, ...) {
      va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
      FAIL(EIO);
      return REAL(openat)(folder, path, flags, mode);
    }
    ssize_t write(int file, const void *bytes, size_t size) {
      if (is_file(file)) FAIL(ENOSPC);
      return REAL(write)(file, bytes, size);
    }
    ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
      FAIL(ENOSPC);
      return REAL(pwrite)(file, bytes, size, at);
    }
    ssize_t pread(int file, void *bytes, size_t size, off_t at) {
      FAIL(EIO);
      return REAL(pread)(file, bytes, size, at);
    }
    int fsync(int file) { FAIL(EIO); return REAL(fsync)(file); }
    int ftruncate(int file, off_t size) { FAIL(EIO); return REAL(ftruncate)(file, size); }
    int rename(const char *from, const char *to) { FAIL(EIO); return REAL(rename)(from, to); }
    int linkat(int a, const char *from, int b, const char *to, int flags) {
      FAIL(EIO);
      return REAL(linkat)(a, from, b, to, flags);
    }
    int mkdirat(int folder, const char *path, mode_t mode) { FAIL(EIO); return REAL(mkdirat)(folder, path, mode); }
    int unlink(const char *path) { FAIL(EIO); return REAL(unlink)(path); }
    int unlinkat(int folder, const char *path, int flags) { FAIL(EIO); return REAL(unlinkat)(folder, path, flags); }
    int fchmod(int file, mode_t mode) { FAIL(EIO); return REAL(fchmod)(file, mode); }
    int fstat(int file, struct stat *status) { if (is_file(file)) FAIL(EIO); return REAL(fstat)(file, status); }
    int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
      int (*real)(int, const char *, int, const char *, unsigned) = dlsym(RTLD_NEXT, "renameat2");
      FAIL(EIO);
      return real(a, from, b, to, flags);
    }

    __attribute__((destructor)) static void tell(void) {
      const char *path = getenv("FAULT_COUNT");
      if (path == NULL) return;
      int total = count;
      FILE *file = REAL(fopen)(path, "w");
      if (file != NULL) { fprintf(file, "%d\\n", total); REAL(fclose)(file); }
    }

    """
}
