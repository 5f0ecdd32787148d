// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;

/** Signals that {@link Process} cannot send. */
final class Signals {
  private Signals() {}

  /** It stands still, with whatever it was doing, until {@link #resume}. */
  static void stop(long pid) throws IOException, InterruptedException {
    send("STOP", pid);
  }

  static void resume(long pid) throws IOException, InterruptedException {
    send("CONT", pid);
  }

  private static void send(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
    assertEquals(0, kill.waitFor(), () -> "kill -" + name + " " + pid);
  }
}
