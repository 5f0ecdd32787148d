package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.dev.demo.Story;

/** Tells the story on this terminal. */
final class DemoStory {
  private DemoStory() {}

  static int tell() throws Exception {
    return new Story(System.out, System.err).tell() ? ExitCode.OK : ExitCode.FAILED;
  }
}
