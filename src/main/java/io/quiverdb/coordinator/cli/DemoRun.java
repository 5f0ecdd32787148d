package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.dev.demo.Demo;

/** Tells the story on this terminal. */
final class DemoRun {
  private DemoRun() {}

  static int tell() throws Exception {
    return new Demo(System.out, System.err).tell() ? ExitCode.OK : ExitCode.FAILED;
  }
}
