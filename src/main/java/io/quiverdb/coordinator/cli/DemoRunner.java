package io.quiverdb.coordinator.cli;

/** Tells the story of a cluster that loses its leader. */
@FunctionalInterface
interface DemoRunner {
  /**
   * Blocks until the story is told; leaves nothing behind.
   *
   * @return the process's exit code: 0 if nothing was lost
   */
  int run() throws Exception;
}
