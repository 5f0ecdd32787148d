// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.config.BootstrapSource;
import io.quiverdb.coordinator.config.ConfigException;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.ratis.StorageException;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one member in this process until SIGTERM, or until it cannot continue. */
public final class CoordinatorProcess {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorProcess.class);
  private static final int GRACEFUL = 0;
  private static final int CLOSE_SECONDS = 12;

  private CoordinatorProcess() {}

  /**
   * Blocks until the member has ended.
   *
   * @return 0 after SIGTERM; 2 for a configuration that cannot work; 3 for storage that is damaged
   *     or missing; 4 for a member that was removed; 1 else
   */
  public static int run(CoordinatorConfig config) throws InterruptedException {
    Optional<BootstrapSource> source;
    try {
      source = BootstrapSource.read(config);
    } catch (ConfigException e) {
      LOG.error("{}", e.getMessage());
      return exitCode(FailureListener.Cause.CONFIGURATION);
    }
    source.ifPresent(boot -> boot.warnings().forEach(LOG::warn));
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    List<String> reasons = new CopyOnWriteArrayList<>();
    CountDownLatch closed = new CountDownLatch(1);
    CompletableFuture<RunningMember> running = new CompletableFuture<>();
    HangUp.outlive(
        () -> {
          var unused = running.thenAccept(RunningMember::lookAtFiles);
        });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(ended, closed), "shutdown"));
    RunningMember member;
    try {
      member =
          new RunningMember(
              config,
              source,
              (cause, message) -> {
                LOG.error("{}", message);
                reasons.add(message);
                ended.complete(exitCode(cause));
              });
    } catch (MemberStartException e) {
      LOG.error("{}", e.getMessage());
      closed.countDown();
      ended.complete(exitCode(FailureListener.Cause.OTHER));
      return ended.join();
    }
    running.complete(member);
    var unused = ended.whenComplete((code, failure) -> closeInBackground(member, closed));
    start(member, ended);
    int code = ended.join();
    if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("not everything was closed after {} s; this process ends now", CLOSE_SECONDS);
    }
    // Repeat the reason as the last line: shutdown may have logged after its first occurrence.
    reasons.forEach(reason -> LOG.error("ended with {}: {}", code, reason));
    return code;
  }

  /**
   * Starts a member. If it is stopped while it starts, the start fails as a consequence, which is
   * not reported.
   */
  private static void start(RunningMember member, CompletableFuture<Integer> ended)
      throws InterruptedException {
    try {
      member.start();
    } catch (StorageException e) {
      if (ended.complete(exitCode(e.exit()))) {
        LOG.error("{}", e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      // If it were thrown, the shutdown hook would run and treat this as a graceful end.
      if (ended.complete(exitCode(FailureListener.Cause.OTHER))) {
        LOG.error("The start of this member met a fault of this program. Please report it.", e);
      } else {
        LOG.debug("the start was interrupted", e);
      }
    }
  }

  private static void closeInBackground(RunningMember member, CountDownLatch closed) {
    DaemonThreads.start(
        "closing",
        () -> {
          try {
            member.close();
          } catch (RuntimeException | Error e) {
            LOG.error("not everything was closed cleanly", e);
          } finally {
            closed.countDown();
          }
        });
  }

  /** A JVM that gets SIGTERM would exit with 143; a member that has handed over ends with 0. */
  private static void shutDown(CompletableFuture<Integer> ended, CountDownLatch closed) {
    boolean asked = ended.complete(GRACEFUL);
    if (asked) {
      LOG.info("asked to stop: handing over and closing");
    }
    try {
      if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("not everything was closed after {} s; this process ends now", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (asked) {
      LOG.info("ended");
    }
    Runtime.getRuntime().halt(ended.join());
  }

  private static int exitCode(FailureListener.Cause cause) {
    return switch (cause) {
      case CONFIGURATION -> 2;
      case STORAGE -> 3;
      case REMOVED -> 4;
      case OTHER -> 1;
    };
  }
}
