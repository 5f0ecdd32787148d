// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.thread;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep the JVM alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** A factory of threads with this name. Thread-safe. */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Starts one thread. */
  public static void start(String name, Runnable task) {
    named(name).newThread(task).start();
  }
}
